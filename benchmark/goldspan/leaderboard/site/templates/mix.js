// tests/leaderboard/mix_reference.py says how; a test holds the two against each other.
const Z = 1.959963984540054;
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
function influence(values, weights) {
  let total = 0;
  let mean = 0;
  values.forEach((value, page) => {
    if (value !== null) {
      total += weights[page];
      mean += weights[page] * value;
    }
  });
  mean /= total;
  return { mean, parts: values.map((value, page) => (value === null ? 0 : (weights[page] * (value - mean)) / total)) };
}
function variance(parts, clusters) {
  let total = 0;
  for (const of of clusters) {
    const sums = [];
    of.forEach((cluster, page) => {
      sums[cluster] = (sums[cluster] || 0) + parts[page];
    });
    for (const sum of sums) total += (sum || 0) * (sum || 0);
  }
  return total;
}
function erfc(x) {
  const t = 1 / (1 + 0.5 * x);
  const factors = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  return t * Math.exp(-x * x + factors.reduceRight((sum, factor) => factor + t * sum, 0));
}
function mixScores(scores, weights, clusters, keys, ranked) {
  const found = scores.map((values) => {
    const one = influence(values, weights);
    const margin = Z * Math.sqrt(variance(one.parts, clusters));
    return {
      ...one,
      value: one.mean,
      low: Math.max(one.mean - margin, 0),
      high: Math.min(one.mean + margin, 1),
      rank: null,
    };
  });
  const byKey = (a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0);
  let left = found.map((_, i) => i).filter((i) => ranked[i] && !Number.isNaN(found[i].value));
  left.sort((a, b) => found[b].value - found[a].value || byKey(a, b));
  for (let group = 1; left.length; group++) {
    const best = left[0];
    const tests = left.slice(1).map((i) => {
      const gap = found[best].value - found[i].value;
      const error = Math.sqrt(
        variance(
          found[best].parts.map((part, page) => part - found[i].parts[page]),
          clusters,
        ),
      );
      return [error > 0 ? erfc(gap / error / Math.SQRT2) : Number(gap <= 0), i];
    });
    tests.sort((a, b) => a[0] - b[0] || byKey(a[1], b[1]));
    const worse = new Set();
    for (let step = 0; step < tests.length && tests[step][0] <= 0.05 / (tests.length - step); step++)
      worse.add(tests[step][1]);
    for (const i of left) if (!worse.has(i)) found[i].rank = group;
    left = left.filter((i) => worse.has(i));
  }
  return found;
}
