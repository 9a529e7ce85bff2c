// tests/leaderboard/mix_reference.py says how; a test holds the two against each other.
const ALPHA = 0.05;
const ROUNDING = 1e-10;
function mixWeights(pages, margins, few) {
  const weights = new Array(pages).fill(1 / pages);
  const members = [];
  for (const { of, shares } of margins) {
    const total = shares.reduce((a, b) => a + b, 0);
    const groups = shares.map((share) => ({ share: share / total, at: [] }));
    of.forEach((stratum, page) => {
      groups[stratum].at.push(page);
    });
    if (!(total > 0) || groups.some((group) => group.share > 0 && group.at.length < few)) return null;
    members.push(groups);
  }
  for (let round = 0; round < 200; round++) {
    let gap = 0;
    for (const groups of members) {
      for (const { share, at } of groups) {
        let now = 0;
        for (const page of at) now += weights[page];
        gap = Math.max(gap, Math.abs(now - share));
        for (const page of at) weights[page] = now > 0 ? weights[page] * (share / now) : 0;
      }
    }
    if (gap < 1e-9) return weights;
  }
  return null;
}
// How many pages of equal weight the weights are worth, rounded so that 20 equal ones are 20.
function effectivePages(weights) {
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares ? Math.round((1e6 * sum * sum) / squares) / 1e6 : 0;
}
// Student's t, as goldspan.core.student_t has it: the incomplete beta function by Lentz, log Γ by Lanczos.
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
function logGamma(x) {
  const base = x + 6.5;
  const series = LANCZOS.reduce((sum, factor, i) => (i ? sum + factor / (x - 1 + i) : factor), 0);
  return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(base) - base + Math.log(series);
}
function continuedFraction(a, b, x) {
  const awayFromZero = (value) => (Math.abs(value) > 1e-300 ? value : 1e-300);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let found = d;
  let change = Infinity;
  for (let step = 1; Math.abs(change - 1) > 1e-14; step++) {
    const at = a + 2 * step;
    change = 1;
    for (const term of [
      (step * (b - step) * x) / ((at - 1) * at),
      (-(a + step) * (a + b + step) * x) / (at * (at + 1)),
    ]) {
      d = 1 / awayFromZero(1 + term * d);
      c = awayFromZero(1 + term / c);
      change *= d * c;
    }
    found *= change;
  }
  return found;
}
function incompleteBeta(a, b, x, rest) {
  if (x <= 0 || rest <= 0) return x <= 0 ? 0 : 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(rest));
  if (x < (a + 1) / (a + b + 2)) return (front * continuedFraction(a, b, x)) / a;
  return 1 - (front * continuedFraction(b, a, rest)) / b;
}
function tail(t, degrees) {
  const square = t * t;
  if (square === Infinity) return 0;
  return incompleteBeta(degrees / 2, 0.5, degrees / (degrees + square), square / (degrees + square));
}
function quantile(alpha, degrees) {
  let low = 0;
  let high = 1;
  while (tail(high, degrees) > alpha) [low, high] = [high, 2 * high];
  for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (tail(middle, degrees) > alpha) low = middle;
    else high = middle;
  }
  return high;
}
// Clusters: for each way of clustering, the number of each page's cluster.
function fewestClusters(taking, clusters) {
  return Math.min(...clusters.map((of) => new Set(of.filter((_, page) => taking[page])).size));
}
function between(parts, taking, of) {
  const sums = new Map();
  parts.forEach((part, page) => {
    if (taking[page]) sums.set(of[page], (sums.get(of[page]) ?? 0) + part);
  });
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  return (squares * sums.size) / (sums.size - 1);
}
function standardError(parts, taking, clusters) {
  if (fewestClusters(taking, clusters) < 2) return NaN;
  const ways = clusters.map((of) => between(parts, taking, of));
  let variance = ways[0];
  if (ways.length === 2) {
    const [first, second] = clusters;
    const both = first.map((cluster, page) => cluster * second.length + second[page]);
    variance = Math.max(...ways, ways[0] + ways[1] - between(parts, taking, both));
  }
  const error = Math.sqrt(variance);
  return error < ROUNDING ? 0 : error;
}
function estimate(values, weights) {
  const taking = values.map((value, page) => value !== null && weights[page] > 0);
  let total = 0;
  let sum = 0;
  values.forEach((value, page) => {
    if (taking[page]) {
      total += weights[page];
      sum += weights[page] * value;
    }
  });
  const mean = total ? sum / total : NaN;
  return {
    value: mean,
    parts: values.map((value, page) => (taking[page] ? (weights[page] * (value - mean)) / total : 0)),
    taking,
    pages: effectivePages(weights.filter((_, page) => taking[page])),
  };
}
function interval({ value, parts, taking, pages }, clusters) {
  const middle = (pages * value + 1) / (pages + 2);
  const error = Math.hypot(pages * standardError(parts, taking, clusters), value, 1 - value) / (pages + 2);
  const odds = Math.log(middle / (1 - middle));
  const half = (quantile(ALPHA, fewestClusters(taking, clusters) - 1) * error) / (middle * (1 - middle));
  const [low, high] = [odds - half, odds + half].map((end) => (1 + Math.tanh(end / 2)) / 2);
  return [Math.min(low, value), Math.max(high, value)];
}
// Two-sided p of a paired difference.
function pOf(first, second, clusters) {
  const gap = first.value - second.value;
  const taking = first.taking.map((takes, page) => takes || second.taking[page]);
  const parts = first.parts.map((part, page) => part - second.parts[page]);
  const error = standardError(parts, taking, clusters);
  if (Number.isNaN(error)) return 1;
  const steps = Math.abs(gap) < ROUNDING ? 0 : error ? gap / error : Infinity;
  return tail(steps, fewestClusters(taking, clusters) - 1);
}
// Ranks as ranges of what is in `found`: all pairs, Holm-corrected.
function rankRanges(found, clusters) {
  const order = [...found].sort((a, b) => b.value - a.value);
  const pairs = order.flatMap((better, at) =>
    order.slice(at + 1).map((worse) => ({ better, worse, p: pOf(better, worse, clusters) })),
  );
  pairs.sort((a, b) => a.p - b.p);
  for (const one of order) one.rank = [1, order.length];
  for (let step = 0; step < pairs.length && pairs[step].p <= ALPHA / (pairs.length - step); step++) {
    pairs[step].worse.rank[0]++;
    pairs[step].better.rank[1]--;
  }
}
// For each system its score; an interval and ranks if it comes from enough pages and clusters.
function mixScores(scores, weights, clusters, ranked, fewest) {
  const found = scores.map((values) => {
    const one = estimate(values, weights);
    const isEnough = one.pages >= fewest.pages && fewestClusters(one.taking, clusters) >= fewest.clusters;
    const [low, high] = isEnough ? interval(one, clusters) : [null, null];
    return { ...one, low, high, rank: null };
  });
  rankRanges(
    found.filter((one, at) => ranked[at] && one.low !== null),
    clusters,
  );
  return found;
}
