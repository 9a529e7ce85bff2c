// The metadata fields: typed, taken from what the page says of itself, or picked by clicking the text on the page.
const DATES = ["published", "modified"];

export const FIELDS = ["title", "authors", "published", "modified", "publisher", "language", "description"];

export class Metadata {
  constructor(root, api) {
    Object.assign(this, { root, api, picking: null });
  }

  open(edit) {
    this.edit = edit;
    this.picking = null;
    this.root.replaceChildren(...FIELDS.map((name) => this.row(name)));
  }

  row(name) {
    const { edit } = this;
    const row = document.createElement("div");
    row.className = "field";
    row.dataset.field = name;
    const label = document.createElement("label");
    label.textContent = name;
    label.htmlFor = `field-${name}`;
    const input = document.createElement("input");
    input.id = `field-${name}`;
    input.autocomplete = "off";
    input.dir = "auto";
    input.addEventListener("change", () => this.typed(name, input.value));
    const pick = button("pick", `Take ${name} from the page`, () => this.pick(this.picking === name ? null : name));
    pick.className = "pick";
    const absent = button("absent", `${name}: looked for, and not there`, () => edit.state(name, null));
    const list = document.createElement("div");
    list.className = "candidates";
    for (const one of edit.page.candidates.filter((candidate) => candidate.field === name)) {
      list.append(button(one.value, one.source, () => this.add(name, one.value)));
    }
    row.append(label, input, pick, absent, list);
    this.fill(row, name);
    return row;
  }

  show(name) {
    const row = this.root.querySelector(`[data-field="${name}"]`);
    if (row) this.fill(row, name);
  }

  fill(row, name) {
    const value = this.edit.metadata[name];
    const input = row.querySelector("input");
    input.value = Array.isArray(value) ? value.join("; ") : (value ?? "");
    input.placeholder = value === null ? "absent" : "not annotated";
    row.classList.toggle("absent", value === null);
    row.classList.toggle("picking", this.picking === name);
  }

  pick(name) {
    const before = this.picking;
    this.picking = name;
    for (const one of [before, name]) if (one) this.show(one);
  }

  // The first field that nobody has annotated yet.
  get next() {
    return FIELDS.find((name) => !(name in this.edit.metadata)) || "title";
  }

  typed(name, text) {
    const value = text.trim();
    if (!value) this.edit.state(name, undefined);
    else if (name === "authors") this.edit.state(name, value.split(/\s*;\s*/).filter(Boolean));
    else this.add(name, value);
  }

  async add(name, text) {
    let value = text.replace(/\s+/g, " ").trim();
    if (DATES.includes(name)) value = (await this.api("POST", "/api/date", { text: value })).date;
    if (!value) {
      this.root.querySelector(`#field-${name}`).placeholder = "that is no date";
      return;
    }
    if (name === "authors") value = [...new Set([...(this.edit.metadata.authors || []), value])];
    this.edit.state(name, value);
  }

  take(text) {
    const name = this.picking;
    this.pick(null);
    return this.add(name, text);
  }
}

const button = (text, title, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.title = title;
  made.addEventListener("click", act);
  return made;
};
