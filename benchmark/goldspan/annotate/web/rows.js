// The list of blocks. A key is to be answered at once on a page of thousands of them: of a row only what differs from what
// it shows is touched, rows near the current one at once, the others some at a time between the coming frames.
const GROUP = 25; // rows that the browser lays out and paints apart from all others
const NEAR = 40; // rows before and after the current one; about what a tall screen shows
const SLICE = 50; // rows between two frames

export class Rows {
  constructor(list, chip, tell) {
    Object.assign(this, { list, chip, tell, stale: new Set() });
  }

  open(edit, groups, isBlind) {
    this.stale.clear();
    Object.assign(this, { edit, groups, isBlind, chosen: new Set(), current: null, spans: edit.blocks.map(() => []) });
    this.rows = edit.blocks.map(rowOf);
    for (const number of this.rows.keys()) this.draw(number);
    const lists = [];
    for (let at = 0; at < this.rows.length; at += GROUP) {
      const group = document.createElement("ol");
      group.setAttribute("role", "presentation");
      group.append(...this.rows.slice(at, at + GROUP));
      lists.push(group);
    }
    this.list.replaceChildren(...lists);
  }

  // The selection as it is now.
  choose(scroll) {
    const { chosen, current } = this.edit;
    const before = this.chosen;
    const differ = this.current === current ? [] : [this.current ?? current, current];
    this.chosen = new Set(chosen);
    this.current = current;
    for (const number of before) if (!this.chosen.has(number)) differ.push(number);
    for (const number of chosen) if (!before.has(number)) differ.push(number);
    this.show(differ);
    this.list.setAttribute("aria-activedescendant", this.rows[current].id);
    if (!scroll) return;
    this.rows[current].scrollIntoView({ block: "nearest" });
    this.tell({ type: "show", block: current });
  }

  // Blocks that changed.
  show(numbers) {
    for (const number of numbers) this.stale.add(number);
    const near = [];
    for (let number = this.edit.current - NEAR; number <= this.edit.current + NEAR; number++) {
      if (this.stale.has(number)) near.push(number);
    }
    this.take(near);
    this.soon();
  }

  // After the frame that answers the key, not before it.
  soon() {
    if (!this.stale.size || this.waits) return;
    this.waits = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.waits = false;
        this.take([...this.stale].slice(0, SLICE));
        this.soon();
      }),
    );
  }

  take(numbers) {
    if (!numbers.length) return;
    for (const number of numbers) {
      this.stale.delete(number);
      this.draw(number);
    }
    this.paint(numbers);
  }

  draw(number) {
    const block = this.edit.blocks[number];
    const [, name, text] = this.rows[number].children;
    const isChosen = this.chosen.has(number);
    const states = ["hidden", "open", "unsure"].filter((state) => block[state]);
    if (isChosen) states.push("chosen");
    if (number === this.current) states.push("current");
    put(this.rows[number], "className", states.join(" "));
    put(this.rows[number], "ariaSelected", String(isChosen));
    const isBare = this.isBare(block);
    const [label, copy] = name.childNodes;
    put(label.firstChild, "data", isBare ? "–" : block.label + (block.role ? `/${block.role}` : ""));
    put(label, "className", isBare ? "" : this.groups[block.label]);
    put(label, "title", isBare ? "" : block.label);
    put(copy, "data", block.duplicate_of === undefined ? "" : ` = ${block.duplicate_of}`);
    const spans = block.spans || [];
    if (spans === this.spans[number] || !(spans.length || this.spans[number].length)) return;
    this.spans[number] = spans;
    text.replaceChildren(...this.pieces(block.text, spans));
  }

  pieces(text, spans) {
    const points = Array.from(text);
    const parts = [];
    let at = 0;
    for (const span of spans) {
      const piece = document.createElement("span");
      piece.textContent = points.slice(span.start, span.end).join("");
      this.chip(piece, span.label);
      parts.push(points.slice(at, span.start).join(""), piece);
      at = span.end;
    }
    return [...parts, points.slice(at).join("")];
  }

  isBare(block) {
    return block.open && this.isBlind;
  }

  // The same in the frame: the classes of each block's runs.
  paint(numbers) {
    this.tell({
      type: "paint",
      blocks: numbers.map((number) => {
        const block = this.edit.blocks[number];
        const states = this.isBare(block) ? [] : [`gs-${this.groups[block.label]}`];
        if (block.open) states.push("gs-open");
        if (this.chosen.has(number)) states.push("gs-chosen");
        if (number === this.current) states.push("gs-current");
        return [number, states.join(" ")];
      }),
    });
  }

  paintAll() {
    this.paint([...this.rows.keys()]);
  }
}

// Writing the same value again would make the browser style it and lay it out again.
export const put = (node, property, value) => {
  if (node[property] !== value) node[property] = value;
};

const element = (tag, className, ...inside) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...inside);
  return made;
};

function rowOf(block, number) {
  const text = (data) => document.createTextNode(data);
  const name = element("span", "name", element("span", "", text("")), text(""));
  if (block.votes) {
    name.append(
      element(
        "span",
        "votes",
        Object.entries(block.votes)
          .map(([who, label]) => `${who}: ${label}`)
          .join(", "),
      ),
    );
  }
  const row = element("li", "", element("span", "number", number), name, element("span", "text", block.text));
  row.id = `block-${number}`;
  row.dataset.block = number;
  row.setAttribute("role", "option");
  return row;
}
