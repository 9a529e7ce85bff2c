"use strict";
// Builds the page from the server's steps, and tells the annotator's window what is clicked. No markup is parsed here.
(() => {
  const source = document.querySelector("script");
  const { origin, steps, styles } = JSON.parse(source.textContent);
  const nonce = source.nonce;
  const say = (message) => parent.postMessage(message, origin);
  const runs = [];
  const sheets = [];

  const dress = (element, attributes) => {
    for (const name in attributes) {
      // The policy forbids style attributes; what a script sets is not one.
      if (name === "style") element.style.cssText = attributes[name];
      else element.setAttribute(name, attributes[name]);
    }
  };

  const build = () => {
    const root = document.documentElement;
    const body = document.body;
    body.replaceChildren();
    const whole = document.createDocumentFragment();
    const stack = [];
    const here = () => stack[stack.length - 1] || whole;
    for (const step of steps) {
      if (step === 0) stack.pop();
      else if (step === 1) here().append(document.createElement("br"));
      else if (typeof step[0] === "number") {
        const run = document.createElement("gs-run");
        run.textContent = step[1];
        run.dataset.block = step[0];
        runs[step[0]] ??= [];
        runs[step[0]].push(run);
        here().append(run);
      } else if (step[0] === "html" || step[0] === "body") {
        dress(step[0] === "html" ? root : body, step[1]);
        stack.push(whole);
      } else {
        const element = document.createElement(step[0]);
        dress(element, step[1]);
        here().append(element);
        stack.push(element);
      }
    }
    body.append(whole);
    for (const [text, media] of styles) {
      const sheet = document.createElement("style");
      sheet.nonce = nonce;
      if (media) sheet.media = media;
      sheet.textContent = text;
      document.head.prepend(sheet);
      sheets.push(sheet);
    }
    for (const sheet of sheets.reverse()) document.head.prepend(sheet);
  };

  const paint = ({ blocks }) => {
    for (const [number, classes] of blocks) for (const run of runs[number] || []) run.className = classes;
  };

  const show = ({ block }) => {
    const [first] = runs[block] || [];
    if (!first) return;
    const box = first.getBoundingClientRect();
    if (box.top < 0 || box.bottom > innerHeight) first.scrollIntoView({ block: "center" });
  };

  const acts = {
    show,
    paint,
    dress: ({ on }) => {
      for (const sheet of sheets) sheet.disabled = !on;
    },
  };
  addEventListener("message", (event) => {
    if (event.source !== parent || event.origin !== origin) return;
    const act = Object.hasOwn(acts, event.data.type) && acts[event.data.type];
    if (act) act(event.data);
  });
  addEventListener(
    "click",
    (event) => {
      const run = event.target instanceof Element && event.target.closest("gs-run");
      event.preventDefault();
      if (run) say({ type: "pick", block: Number(run.dataset.block), shift: event.shiftKey });
    },
    true,
  );
  addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(F\d+|Tab|Page.*|Shift)$/.test(event.key)) return;
      event.preventDefault();
      say({ type: "key", key: event.key, shift: event.shiftKey });
    },
    true,
  );

  build();
  say({ type: "ready" });
})();
