import { Edit, range } from "./edit.js";
import { HELP, keyOf, labelOf, roleOf } from "./keys.js";
import { Metadata } from "./metadata.js";
import { put, Rows } from "./rows.js";
import { Split } from "./split.js";

const $ = (id) => document.getElementById(id);
const token = location.hash.slice(1);
const frame = $("frame");
const list = $("blocks");
const SAVE_AFTER = 300; // milliseconds without a change
const REST = 50; // milliseconds that the mouse rests on a block before it is meant
let start;
let edit;
let groups;
let saving;
let dirty;
let timer;
let stopped;
let copying = false; // the next click names the original of a copy
let settled = true; // pointing may move the selection: it is one block, or it was labelled
let pointer = ""; // where the mouse was; a list that scrolls under it does not move it
let resting;

// Talking to the server

async function api(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body && JSON.stringify(body),
  });
  const data = await answer.json().catch(() => ({ error: answer.statusText }));
  if (!answer.ok) throw Object.assign(new Error(data.error), { status: answer.status });
  return data;
}

const notify = (text) => {
  $("notice").hidden = !text;
  $("notice").textContent = text || "";
};
const status = (text) => put($("status"), "textContent", text);

function saveSoon() {
  dirty = true;
  status("…");
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(save, SAVE_AFTER);
}

async function save() {
  if (saving || !dirty || stopped) return;
  const mine = edit;
  [saving, dirty] = [true, false];
  status("saving");
  try {
    mine.saved((await api("PUT", path(mine), mine.work())).version);
    status("saved");
    notify("");
    check(mine);
  } catch (fault) {
    dirty = true;
    status("not saved");
    stopped = fault.status === 409;
    notify(stopped ? `${fault.message} Your last changes are not in it.` : `Not saved: ${fault.message}`);
    if (!stopped && !fault.status) timer = setTimeout(save, 2000);
  } finally {
    saving = false;
    if (dirty && !stopped && $("status").textContent === "saved") saveSoon();
  }
}

const path = (one) => `/api/samples/${encodeURIComponent(one.page.id)}`;

async function check(mine) {
  const found = await api("GET", `${path(mine)}/check`).catch(() => null);
  if (!found || mine !== edit) return;
  $("count").textContent = found.length ? `${found.length}` : "nothing found";
  $("checks").replaceChildren(
    ...found.map((one) => {
      const item = document.createElement("li");
      const go = document.createElement("button");
      item.className = one.level;
      go.textContent = `${one.block === null ? "" : `${one.block}: `}${one.what}. ${one.do}`;
      go.addEventListener("click", () => {
        if (one.block !== null) {
          edit.move(one.block);
          choose();
        }
        list.focus();
      });
      item.append(go);
      return item;
    }),
  );
}

const tell = (message) => frame.contentWindow.postMessage(message, "*"); // its origin is opaque; no secret is sent

// Showing

function chip(element, label) {
  element.classList.add(groups[label]);
  element.title = label;
}

function choose(scroll = true) {
  rows.choose(scroll);
  const { role } = edit.blocks[edit.current];
  put($("role"), "textContent", role || "none");
  for (const button of $("roles").children) put(button, "ariaPressed", String(button.textContent.endsWith(role)));
}

function changed(numbers, field) {
  rows.show(numbers);
  if (field) metadata.show(field);
  progress();
  choose(false);
  if (split.isOpen) split.show();
  saveSoon();
}

function progress() {
  const all = edit.blocks.length;
  $("progress").max = all || 1;
  $("progress").value = all - edit.waiting;
  $("done").textContent = `${all - edit.waiting} of ${all}`;
}

// Commands

const rows = new Rows(list, chip, tell);
const split = new Split($("split"), chip);
const metadata = new Metadata($("metadata"), api);

function label(name) {
  const words = split.isOpen ? [split.number, ...split.range] : selectedText();
  if (words) edit.span(...words, name);
  else edit.label(name);
  getSelection().removeAllRanges();
  settled = true;
}

// The text selected in one row: block, start, end in code points, without the spaces around it.
function selectedText() {
  const selection = getSelection();
  const cell = selection.isCollapsed ? null : selection.anchorNode?.parentElement?.closest("#blocks .text");
  if (!cell?.contains(selection.focusNode)) return null;
  const part = selection.getRangeAt(0);
  const before = document.createRange();
  before.setStart(cell, 0);
  before.setEnd(part.startContainer, part.startOffset);
  const points = (text) => Array.from(text).length;
  const text = part.toString();
  const start = points(before.toString()) + points(text) - points(text.trimStart());
  selection.removeAllRanges();
  return text.trim() ? [Number(cell.parentElement.dataset.block), start, start + points(text.trim())] : null;
}

const commands = {
  j: () => edit.move(edit.current + 1),
  k: () => edit.move(edit.current - 1),
  ArrowDown: (shift) => edit.move(edit.current + 1, shift),
  ArrowUp: (shift) => edit.move(edit.current - 1, shift),
  J: () => edit.move(edit.current + 1, true),
  K: () => edit.move(edit.current - 1, true),
  Home: (shift) => edit.move(0, shift),
  End: (shift) => edit.move(edit.blocks.length - 1, shift),
  s: () => edit.widen(),
  a: () => edit.alike(),
  u: () => edit.unsure(),
  z: () => edit.undo(),
  x: () => split.open(edit.current, edit.blocks[edit.current]),
  m: () => {
    metadata.pick(metadata.next);
    take(edit.current);
  },
  "=": () => {
    if (edit.blocks[edit.current].duplicate_of !== undefined) edit.copyOf(null);
    else copying = true;
    notify(copying ? "Click the original of this copy, or press Esc." : "");
  },
  Enter: (shift) => {
    edit.confirm(shift ? range(0, edit.current + 1) : edit.chosen);
    edit.nextOpen();
  },
  Escape: () => {
    copying = false;
    notify("");
    metadata.pick(null);
    edit.move(edit.current);
  },
};

function press(key, shift) {
  if (split.isOpen) {
    if (split.key(key, shift)) return true;
    if (key === "Backspace" || key === "Delete") {
      edit.span(split.number, ...split.range, null);
      return true;
    }
    const name = labelOf(key);
    if (name) label(name);
    return Boolean(name);
  }
  if (Object.hasOwn(commands, key)) {
    commands[key](shift);
    settled =
      ["Escape", "Enter", "z"].includes(key) || (key === "=" && !copying) || (settled && edit.chosen.length < 2);
    choose();
    return true;
  }
  const name = labelOf(key);
  const role = roleOf(key);
  if (name) label(name);
  else if (role) {
    edit.role(role);
    settled = true;
  }
  return Boolean(name || role);
}

function take(number) {
  const text = split.isOpen ? split.text : edit.blocks[number].text;
  metadata.take(text).catch((fault) => notify(fault.message));
}

function pick(number, shift) {
  if (copying) {
    copying = false;
    settled = true;
    notify("");
    edit.copyOf(number);
  } else if (metadata.picking) take(number);
  else {
    if (split.isOpen && number !== split.number) split.close();
    edit.move(number, shift);
    settled = false;
    choose();
  }
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !edit) return;
  const inField = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (inField) {
    if (event.key === "Escape") list.focus();
    return;
  }
  if ((event.key === "Enter" || event.key === " ") && event.target.closest("button, summary, input")) return;
  if (press(event.key, event.shiftKey)) event.preventDefault();
});

addEventListener("message", (event) => {
  // Only our own frame, whose origin is opaque; and only what it can have to say.
  if (event.source !== frame.contentWindow || event.origin !== "null" || !edit) return;
  const { type, block, key, shift } = event.data ?? {};
  if (type === "pick" && Number.isInteger(block) && block >= 0 && block < edit.blocks.length)
    pick(block, shift === true);
  else if (type === "key" && typeof key === "string" && key.length < 12) press(key, shift === true);
  else if (type === "ready") {
    rows.paintAll();
    tell({ type: "dress", on: $("styles").checked });
    choose();
    document.body.dataset.ready = edit.page.id;
  }
});

list.addEventListener("mousedown", (event) => {
  const row = event.target.closest("li");
  if (!row || event.button) return;
  if (event.shiftKey) event.preventDefault();
  pick(Number(row.dataset.block), event.shiftKey);
});

// Resting on a block makes it the current one, until one is clicked; dragging selects several; inside one, its text.
list.addEventListener("mousemove", (event) => {
  const row = event.target.closest("li");
  const place = `${event.clientX} ${event.clientY}`;
  if (!row || !edit || place === pointer || split.isOpen || copying || metadata.picking) return;
  pointer = place;
  clearTimeout(resting);
  const number = Number(row.dataset.block);
  if (number === edit.current) return;
  if (event.buttons === 1) {
    getSelection().removeAllRanges();
    edit.move(number, true);
    choose(false);
  } else if (!event.buttons && settled && getSelection().isCollapsed) {
    resting = setTimeout(() => {
      if (settled) {
        edit.move(number);
        choose(false);
      }
    }, REST);
  }
});
addEventListener("mouseup", () => {
  if (edit?.chosen.length > 1) getSelection().removeAllRanges();
});
list.addEventListener("mouseleave", () => clearTimeout(resting));

// The steps to undo are kept when the page is left: writing them takes as long as there are many.
const keep = () => {
  if (edit && !dirty && !saving) edit.keep();
};
addEventListener("pagehide", keep);
addEventListener("beforeunload", (event) => {
  if (dirty || saving) event.preventDefault();
});

// Opening

async function open(id) {
  delete document.body.dataset.ready;
  clearTimeout(timer);
  while (saving || (dirty && !stopped)) {
    await save();
    await new Promise((done) => setTimeout(done, 50));
    if ($("status").textContent === "not saved") break;
  }
  keep();
  const page = await api("GET", `/api/samples/${encodeURIComponent(id)}`);
  edit = new Edit(page, groups, changed);
  [dirty, stopped] = [false, false];
  split.close();
  rows.open(edit, groups, start.mode === "blind");
  metadata.open(edit);
  $("language").value = page.about.language || "";
  $("page-type").value = page.about.page_type || "";
  progress();
  frame.src = page.frame;
  status("");
  check(edit);
  list.focus();
}

const choice = (text, value) => Object.assign(document.createElement("option"), { textContent: text, value });

function furnish() {
  groups = Object.fromEntries(start.labels.map(({ name, group }) => [name, group]));
  let last;
  for (const { name, group, about } of start.labels) {
    if (last && last !== group) $("labels").append(document.createElement("hr"));
    last = group;
    const button = Object.assign(document.createElement("button"), { type: "button", title: about, className: group });
    const key = Object.assign(document.createElement("kbd"), { textContent: keyOf(name) });
    button.append(key, ` ${name}`);
    button.dataset.label = name;
    button.addEventListener("click", () => {
      label(name);
      list.focus();
    });
    $("labels").append(button);
  }
  for (const role of start.roles) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: role });
    button.addEventListener("click", () => {
      edit.role(role);
      settled = true;
      list.focus();
    });
    $("roles").append(button);
  }
  for (const [key, does] of HELP) {
    const name = document.createElement("dt");
    name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    $("help").append(name, Object.assign(document.createElement("dd"), { textContent: does }));
  }
  $("page-type").append(choice("–", ""), ...start.page_types.map((type) => choice(type, type)));
  $("samples").append(...start.samples.map((id) => choice(id, id)));
  const how = { open: "", blind: ", blind", adjudicate: ", adjudicating" }[start.mode];
  $("who").textContent = `${start.annotator || "no name"}${how}`;
  if (start.mode === "adjudicate") $("only-open").checked = true;
  list.classList.toggle("only-open", $("only-open").checked);
  $("only-open").addEventListener("change", () => list.classList.toggle("only-open", $("only-open").checked));
  $("styles").addEventListener("change", () => tell({ type: "dress", on: $("styles").checked }));
  $("samples").addEventListener("change", () => go(open($("samples").value)));
  $("language").addEventListener("change", () => edit.describe("language", $("language").value.trim()));
  $("page-type").addEventListener("change", () => edit.describe("page_type", $("page-type").value));
}

const go = (work) => work.catch((fault) => notify(fault.message));

go(
  (async () => {
    start = await api("GET", "/api/start");
    furnish();
    await open(start.samples[0]);
  })(),
);
