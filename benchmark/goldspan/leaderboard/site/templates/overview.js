const data = JSON.parse(document.getElementById("data").textContent);
const table = document.getElementById("table");
const rows = [...table.tBodies[0].rows].sort((a, b) => a.dataset.row - b.dataset.row);
const WIDTH = 120;
const FIRST = 4; // the columns before Prec.: #, System, Body F1, bar
const UNITS = [
  [3, 0xfffffe],
  [2, 0xfffe],
  [2, 0xfffe],
];
function unpack(text, [size, most]) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const values = [];
  for (let at = 0; at < bytes.length; at += size) {
    let value = 0;
    for (let byte = size; byte--; ) value = value * 256 + bytes[at + byte];
    values.push(value > most ? null : value / most);
  }
  return values;
}
const unpacked = {};
const scoresOf = (policy, figure) =>
  (unpacked[policy + figure] ??= data.scores[policy].map((packed) => unpack(packed[figure], UNITS[figure])));
const share = (value) => value.toFixed(3).replace(/^0\./, ".");
const policyInputs = [...document.querySelectorAll("#policy input")];
const policy = () => policyInputs.find((input) => input.checked).value;
const sliders = [...document.querySelectorAll(".sliders fieldset")];
const mix = document.getElementById("mix");
const mixing = new Set(); // the ways of dividing pages whose sliders were moved
function margins() {
  const found = [];
  for (const by of ["page_type", "language"]) {
    const { names, of } = data.strata[by];
    const chosen = document.getElementById(`by-${by}`).value;
    if (chosen) found.push({ of, shares: names.map((name) => Number(name === chosen)) });
    else if (mixing.has(by)) {
      const inputs = sliders.find((set) => set.dataset.by === by).querySelectorAll("input");
      const shares = [...inputs].map((input) => (input.disabled ? 0 : Number(input.value)));
      found.push({ of, shares });
    }
  }
  return found;
}
function draw(row, at, rank, f1, low, high, precision, recall, isMixed) {
  const cells = row.cells;
  const [, , , bar] = cells;
  cells[0].textContent = rank ? [...new Set(rank)].join("–") : "–";
  cells[0].dataset.v = rank ? rank[0] : "";
  const isKnown = Number.isFinite(f1);
  const hasInterval = isKnown && low !== null;
  cells[2].textContent = isKnown ? share(f1) + (hasInterval ? ` [${share(low)} ${share(high)}]` : "") : "–";
  cells[2].dataset.v = bar.dataset.v = isKnown ? f1 : "";
  const rect = bar.querySelector("rect");
  const dot = bar.querySelector("circle");
  rect.setAttribute("x", hasInterval ? low * WIDTH : 0);
  rect.setAttribute("width", hasInterval ? Math.max((high - low) * WIDTH, 0.5) : 0);
  dot.setAttribute("cx", isKnown ? f1 * WIDTH : 0);
  data.titles.slice(1).forEach((title, number) => {
    const cell = cells[FIRST + number];
    const [text, value] = data.cells[policy()][at][number + 1];
    const own = title === "Prec." ? precision : title === "Recall" ? recall : null;
    cell.textContent = own === null ? text : share(own);
    cell.dataset.v = own === null ? (value ?? "") : own;
    cell.classList.toggle("whole", isMixed && own === null);
  });
}
function mean(values, weights) {
  let sum = 0;
  let total = 0;
  values.forEach((value, page) => {
    if (value !== null) {
      sum += weights[page] * value;
      total += weights[page];
    }
  });
  return total ? sum / total : NaN;
}
function byKey(a, b) {
  const [first, second] = [a, b].map((row) => data.systems[row.dataset.row].key);
  return Number(first > second) - Number(first < second);
}
function update() {
  const now = policy();
  const wanted = margins();
  const says = document.getElementById("says");
  const pages = data.clusters[0].length;
  const fewest = { pages: data.few, clusters: data.fewestClusters };
  let weights = null;
  says.textContent = "";
  if (wanted.length) {
    weights = mixWeights(pages, wanted, data.few);
    const worth = weights ? effectivePages(weights) : 0;
    const taking = weights?.map((weight) => weight > 0);
    const groups = weights ? fewestClusters(taking, data.clusters) : 0;
    if (!weights)
      says.textContent =
        "No pages here have these shares of types and languages at once, or all shares are 0. Shown as measured.";
    else if (worth < fewest.pages) {
      says.textContent = `This choice rests on the weight of ${worth.toFixed(1)} pages: fewer than ${fewest.pages} are not ranked. Shown as measured.`;
      weights = null;
    } else if (groups < fewest.clusters) {
      says.textContent = `The pages of this choice come from ${groups} sites, families or articles: fewer than ${fewest.clusters} are not ranked. Shown as measured.`;
      weights = null;
    } else says.textContent = `Ranked by your choice: as good as ${worth.toFixed(0)} pages of equal weight.`;
  }
  if (weights) {
    const ranked = data.systems.map((one) => one.ranked);
    const found = mixScores(scoresOf(now, 0), weights, data.clusters, ranked, fewest);
    rows.forEach((row, at) => {
      const one = found[at];
      draw(
        row,
        at,
        one.rank,
        one.value,
        one.low,
        one.high,
        mean(scoresOf(now, 1)[at], weights),
        mean(scoresOf(now, 2)[at], weights),
        true,
      );
    });
  } else {
    rows.forEach((row, at) => {
      const [, value, low, high] = data.cells[now][at][0];
      draw(row, at, data.ranks[now][at], value ?? NaN, low ?? null, high ?? null, null, null, false);
      row.cells[2].textContent = data.cells[now][at][0][0];
    });
  }
  const licence = document.getElementById("licence").value;
  const needs = [...document.querySelectorAll("[data-need]")]
    .filter((box) => box.checked)
    .map((box) => box.dataset.need);
  rows.forEach((row, at) => {
    const one = data.systems[at];
    row.hidden =
      needs.some((need) => one.needs[need] !== false) ||
      (licence === "*" ? !one.permissive : licence !== "" && `=${one.licence}` !== licence);
  });
  for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
  // By score; what is not ranked comes after what is.
  const isUnranked = (row) => Number(row.cells[0].dataset.v === "");
  const score = (row) => Number(row.cells[2].dataset.v || -1);
  table.tBodies[0].append(
    ...[...rows].sort((a, b) => isUnranked(a) - isUnranked(b) || score(b) - score(a) || byKey(a, b)),
  );
  for (const part of document.querySelectorAll("#cost [data-policy]")) part.hidden = part.dataset.policy !== now;
}
function label() {
  for (const set of sliders) {
    const inputs = [...set.querySelectorAll("input")];
    const total = inputs.reduce((sum, input) => sum + (input.disabled ? 0 : Number(input.value)), 0);
    for (const input of inputs) {
      const percent = total && !input.disabled ? Math.round((100 * input.value) / total) : 0;
      input.nextElementSibling.value = input.disabled ? "" : `${percent} %`;
      input.setAttribute("aria-valuetext", `${percent} percent`);
    }
  }
}
for (const set of sliders)
  set.addEventListener("input", () => {
    mixing.add(set.dataset.by);
    label();
    update();
  });
document.getElementById("reset").addEventListener("click", () => {
  mixing.clear();
  for (const input of mix.querySelectorAll("input")) input.value = input.defaultValue;
  label();
  update();
});
for (const input of document.querySelectorAll("#policy input, #choices select, [data-need]"))
  input.addEventListener("change", update);
label();
// A browser keeps what was chosen when a page is loaded anew.
update();
