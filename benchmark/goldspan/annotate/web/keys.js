// The key of each label: lower case for the frequent ones. j k x u z s a m and J K Z are taken by the commands.
const KEYS = {
  body: "b", post: "p",
  title: "t", kicker: "i", deck: "d", summary: "S", byline: "y", dateline: "D", source: "I", caption: "c", credit: "C",
  pullquote: "q", embed: "e", toc: "T", "author-bio": "A", tags: "g", correction: "R",
  masthead: "M", navigation: "n", breadcrumb: "B", search: "F", footer: "f", legal: "l", "cookie-consent": "Y",
  advertisement: "v", sponsored: "V", related: "r", "other-article": "O", newsletter: "N", paywall: "w", login: "L",
  share: "h", comments: "H", "app-promo": "P", pagination: "G", widget: "W", other: "o",
};
const ROLE_KEYS = { 0: "p", 1: "h1", 2: "h2", 3: "h3", 4: "h4", 5: "h5", 6: "h6", 7: "li", 8: "quote", 9: "code" };

export const keyOf = (label) => KEYS[label] || "";
export const labelOf = (key) => Object.keys(KEYS).find((label) => KEYS[label] === key);
export const roleOf = (key) => (Object.hasOwn(ROLE_KEYS, key) ? ROLE_KEYS[key] : undefined);

export const HELP = [
  ["j k, pointing", "next, previous block; the block under the mouse"],
  ["J K, dragging", "extend the range; ⇧ click too"],
  ["s", "select the whole subtree; again: the one around it"],
  ["a", "select all alike: same path"],
  ["a letter", "label what is selected"],
  ["0–9", "role: paragraph, h1–h6, li, quote, code"],
  ["Enter", "confirm, go to the next open block"],
  ["⇧ Enter", "confirm everything down to here"],
  ["x", "split the block into spans; or select some of its text, then a letter"],
  ["=", "copy of: then click the original"],
  ["u", "unsure"],
  ["m", "fill the next metadata field from this block"],
  ["z", "undo"],
  ["Esc", "back to one block"],
];
