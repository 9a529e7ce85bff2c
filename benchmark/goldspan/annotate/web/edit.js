// The labels of one page and every change to them. No DOM here: what changed is told to a listener, by block number.
const FIELDS = ["label", "role", "cell", "spans", "duplicate_of", "open", "unsure"];
const MOST_UNDO = 200;

export class Edit {
  constructor(page, groups, changed) {
    Object.assign(this, { page, groups, changed, blocks: page.blocks, metadata: page.metadata, about: page.about });
    for (const number of page.unsure) this.blocks[number].unsure = true;
    this.waiting = this.blocks.filter((block) => block.open).length;
    this.current = Math.max(
      0,
      this.blocks.findIndex((block) => block.open),
    );
    this.anchor = this.current;
    this.chosen = [this.current];
    this.store = `goldspan undo ${page.id}`;
    const kept = JSON.parse(sessionStorage.getItem(this.store) || "{}");
    this.undone = kept.version === page.version ? kept.steps : [];
  }

  // Selecting

  move(to, extend = false) {
    this.current = Math.min(Math.max(to, 0), this.blocks.length - 1);
    if (!extend) this.anchor = this.current;
    const [low, high] = [Math.min(this.anchor, this.current), Math.max(this.anchor, this.current)];
    this.chosen = range(low, high + 1);
  }

  widen() {
    const [low, high] = [this.chosen[0], this.chosen[this.chosen.length - 1] + 1];
    const around = this.page.subtrees.find(([first, end]) => first <= low && end >= high && end - first > high - low);
    if (around) this.chosen = range(...around);
  }

  alike() {
    const path = this.blocks[this.current].alike;
    this.chosen = this.blocks.flatMap((block, number) => (block.alike === path ? [number] : []));
  }

  nextOpen() {
    const after = this.blocks.findIndex((block, number) => number > this.current && block.open);
    const to = after >= 0 ? after : this.blocks.findIndex((block) => block.open);
    this.move(to >= 0 ? to : this.current + 1);
  }

  // Changing

  change(numbers, act) {
    const before = numbers.map((number) => [number, this.copy(number)]);
    for (const number of numbers) {
      const block = this.blocks[number];
      const was = block.open;
      act(block, number);
      this.waiting += Number(Boolean(block.open)) - Number(Boolean(was));
    }
    this.remember({ blocks: before });
    this.changed(numbers);
  }

  label(label) {
    this.change(this.chosen, (block) => {
      const isBody = this.groups[label] === "body";
      const keep = isBody && this.groups[block.label] === "body" && block.role;
      if (!keep)
        setRole(block, isBody || (label === "title" && /^h\d$/.test(block.hint.role)) ? block.hint.role : null);
      if (!isBody && label !== "title") delete block.duplicate_of;
      block.label = label;
      block.spans = (block.spans || []).filter((span) => span.label !== label);
      block.open = false;
    });
  }

  role(role) {
    this.change(this.chosen, (block) => {
      setRole(block, role);
      block.open = false;
    });
  }

  confirm(numbers = this.chosen) {
    this.change(
      numbers.filter((number) => this.blocks[number].open),
      (block) => (block.open = false),
    );
  }

  unsure() {
    const on = !this.blocks[this.current].unsure;
    this.change(this.chosen, (block) => (block.unsure = on));
  }

  copyOf(original) {
    const from = this.chosen[0];
    this.change(
      this.chosen.filter((number) => original === null || number !== original),
      (block, number) => {
        if (original === null) delete block.duplicate_of;
        else block.duplicate_of = Math.min(original + number - from, this.blocks.length - 1);
        block.open = false;
      },
    );
  }

  span(number, start, end, label) {
    this.change([number], (block) => {
      const apart = (block.spans || []).filter((span) => span.end <= start || span.start >= end);
      if (label && label !== block.label) apart.push({ start, end, label });
      block.spans = apart.sort((one, other) => one.start - other.start);
      block.open = false;
    });
  }

  state(name, value) {
    const before = name in this.metadata ? { value: this.metadata[name] } : {};
    this.remember({ field: name, before });
    if (value === undefined) delete this.metadata[name];
    else this.metadata[name] = value;
    this.changed([], name);
  }

  describe(name, value) {
    this.about[name] = value || null;
    this.changed([], name);
  }

  // Undoing: what was before each change is kept, in this tab, as long as nobody else changes the file

  // Cells and spans are replaced, never written into.
  copy(number) {
    const { blocks } = this;
    return Object.fromEntries(FIELDS.map((name) => [name, blocks[number][name]]));
  }

  remember(step) {
    this.undone.push(step);
    if (this.undone.length > MOST_UNDO) this.undone.shift();
  }

  undo() {
    const step = this.undone.pop();
    if (!step) return;
    if (step.field) {
      if ("value" in step.before) this.metadata[step.field] = step.before.value;
      else delete this.metadata[step.field];
      this.changed([], step.field);
      return;
    }
    for (const [number, before] of step.blocks) {
      const block = this.blocks[number];
      this.waiting += Number(Boolean(before.open)) - Number(Boolean(block.open));
      for (const name of FIELDS) block[name] = before[name] ?? undefined;
    }
    const numbers = step.blocks.map(([number]) => number);
    if (numbers.length) this.move(numbers[0]);
    this.changed(numbers);
  }

  // Saving

  work() {
    const { version } = this.page;
    const numbers = (name) => this.blocks.flatMap((block, number) => (block[name] ? [number] : []));
    const blocks = this.blocks.map(({ label, role, cell, spans, duplicate_of }) => ({
      label,
      role,
      cell,
      spans,
      duplicate_of,
    }));
    const { language, page_type } = this.about;
    return {
      version,
      blocks,
      open: halfOpen(numbers("open")),
      unsure: numbers("unsure"),
      metadata: this.metadata,
      about: { language, page_type },
    };
  }

  saved(version) {
    this.page.version = version;
  }

  keep() {
    try {
      sessionStorage.setItem(this.store, JSON.stringify({ version: this.page.version, steps: this.undone }));
    } catch {
      sessionStorage.removeItem(this.store); // the steps of a huge page; undo then ends at a reload
    }
  }
}

const setRole = (block, role) => {
  if (role) block.role = role;
  else delete block.role;
  if (role === "cell" && block.hint.cell) block.cell = block.hint.cell;
  else delete block.cell;
};

export const range = (low, end) => Array.from({ length: end - low }, (_, i) => low + i);

const halfOpen = (numbers) => {
  const found = [];
  for (const number of numbers) {
    if (found.length && found[found.length - 1][1] === number) found[found.length - 1][1] += 1;
    else found.push([number, number + 1]);
  }
  return found;
};
