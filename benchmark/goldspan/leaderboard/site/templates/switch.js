for (const input of document.querySelectorAll("#policy input")) {
  input.addEventListener("change", () => {
    for (const part of document.querySelectorAll("[data-policy]")) part.hidden = part.dataset.policy !== input.value;
  });
}
