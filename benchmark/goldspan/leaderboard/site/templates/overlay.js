const overlays = JSON.parse(document.getElementById("overlays").textContent);
const looks = JSON.parse(document.getElementById("looks").textContent);
const chooser = document.getElementById("laid");
const beside = document.getElementById("beside");
const said = document.getElementById("said");
const items = [...document.getElementById("page").children];
const words = items.map((item) => item.lastElementChild);
const golds = words.map((word) => [...word.childNodes]);
function bit(kind, text) {
  if (kind === "between") return document.createTextNode(text);
  const span = document.createElement("span");
  span.className = kind;
  span.textContent = text;
  return span;
}
function laid(text, runs) {
  if (!runs) return [bit("noise", text)];
  if (/^.$/.test(runs)) return [bit(looks[runs], text)];
  const chars = [...text]; // code points, as the runs count them
  let at = 0;
  return [...runs.matchAll(/([a-z-])(\d+)/g)].map(([, letter, length]) => {
    const from = at;
    at += Number(length);
    return bit(looks[letter], chars.slice(from, at).join(""));
  });
}
function show(name) {
  const one = overlays.find((overlay) => overlay.at === name);
  document.body.classList.toggle("laid", Boolean(one));
  chooser.value = one ? name : "";
  said.textContent = one
    ? one.s
      ? one.s.join(" · ")
      : "The texts of this system are not kept here, only its scores."
    : "";
  const isLaid = Boolean(one?.b);
  words.forEach((word, number) => {
    const text = golds[number].map((node) => node.textContent).join("");
    word.replaceChildren(...(isLaid ? laid(text, one.b[number]) : golds[number]));
    items[number].classList.toggle("left-out", isLaid && !one.b[number]);
  });
  const lines = one?.x || [];
  beside.hidden = !lines.length;
  beside.lastElementChild.replaceChildren(
    ...lines.map(([label, runs]) => {
      const line = document.createElement("p");
      const from = document.createElement("span");
      from.className = "label";
      from.textContent = `${label} `;
      line.dir = "auto";
      line.append(from, ...runs.map(([letter, text]) => bit(looks[letter], text)));
      return line;
    }),
  );
  if (one?.m) beside.lastElementChild.append(`… and ${one.m} more such lines`);
}
const all = document.getElementById("all");
all.addEventListener("change", () => document.body.classList.toggle("all", all.checked));
document.body.classList.toggle("all", all.checked);
chooser.addEventListener("change", () => {
  history.replaceState(null, "", chooser.value ? `#${chooser.value}` : location.pathname + location.search);
  show(chooser.value);
});
window.addEventListener("hashchange", () => show(decodeURIComponent(location.hash.slice(1))));
show(decodeURIComponent(location.hash.slice(1)));
