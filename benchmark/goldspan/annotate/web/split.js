// Splitting a block: its words in a row, a range of them chosen by keys or mouse, labelled as a span.
// Offsets are code points and are counted on the block's own text; the page's DOM has no part in it.
export class Split {
  constructor(root, pieces) {
    Object.assign(this, { root, pieces, number: null });
    root.addEventListener("mousedown", (event) => this.point(event, event.shiftKey));
    root.addEventListener("mouseover", (event) => event.buttons === 1 && this.point(event, true));
  }

  get isOpen() {
    return this.number !== null;
  }

  open(number, block) {
    Object.assign(this, { number, block, words: words(block.text), at: 0, from: 0 });
    this.show();
  }

  close() {
    this.number = null;
    this.root.hidden = true;
  }

  show() {
    const { block } = this;
    const low = Math.min(this.at, this.from);
    const high = Math.max(this.at, this.from);
    const help = document.createElement("p");
    help.className = "soft";
    help.textContent = "← → a word, ⇧ a range (or drag), a letter labels it, Backspace takes a span away, Esc closes";
    const line = document.createElement("p");
    line.className = "words";
    line.dir = "auto";
    this.words.forEach((word, i) => {
      const element = document.createElement("span");
      const span = (block.spans || []).find((one) => one.start <= word.start && word.start < one.end);
      element.textContent = word.text;
      element.dataset.word = i;
      element.classList.toggle("chosen", i >= low && i <= high);
      if (span) this.pieces(element, span.label);
      line.append(element);
    });
    this.root.replaceChildren(help, line);
    this.root.hidden = false;
  }

  point(event, extend) {
    const word = event.target.closest("[data-word]");
    if (!word) return;
    event.preventDefault();
    this.at = Number(word.dataset.word);
    if (!extend) this.from = this.at;
    this.show();
  }

  // The chosen range, without the spaces around it.
  get range() {
    const chosen = this.words.slice(Math.min(this.at, this.from), Math.max(this.at, this.from) + 1);
    while (chosen.length > 1 && !chosen[0].text.trim()) chosen.shift();
    while (chosen.length > 1 && !chosen[chosen.length - 1].text.trim()) chosen.pop();
    return [chosen[0].start, chosen[chosen.length - 1].end];
  }

  get text() {
    return Array.from(this.block.text)
      .slice(...this.range)
      .join("");
  }

  // Whether the key was one of this view's own.
  key(key, shift) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step) {
      do this.at += step;
      while (this.words[this.at] && !this.words[this.at].text.trim());
      this.at = Math.min(Math.max(this.at, 0), this.words.length - 1);
      if (!shift) this.from = this.at;
      this.show();
    } else if (key === "Escape" || key === "Enter" || key === "x") this.close();
    else return false;
    return true;
  }
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

const words = (text) => {
  let at = 0;
  return Array.from(segmenter.segment(text), ({ segment }) => {
    const start = at;
    at += Array.from(segment).length;
    return { text: segment, start, end: at };
  });
};
