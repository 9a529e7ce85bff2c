// An extractor for Goldspan in Node: the text of the page's <p> elements.
// Try it: goldspan score 'cmd:node benchmark/goldspan/sandbox/examples/paragraphs.mjs'
import { createReadStream, writeSync } from "node:fs";
import { createInterface } from "node:readline";

const send = (message) => {
  const bytes = Buffer.from(JSON.stringify(message) + "\n");
  for (let at = 0; at < bytes.length; ) at += writeSync(4, bytes, at);
};

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };
const toText = (html) =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);

send({ goldspan: 1, name: "node-paragraphs", version: "1.0", fields: ["title"] });
for await (const line of createInterface({ input: createReadStream(null, { fd: 3 }) })) {
  const page = JSON.parse(line);
  try {
    const paragraphs = [...page.html.matchAll(/<p\b[^>]*>(.*?)<\/p>/gis)].map((match) => toText(match[1]));
    const title = page.html.match(/<title[^>]*>(.*?)<\/title>/is);
    send({ id: page.id, text: paragraphs.join("\n"), title: title && toText(title[1]).trim() });
  } catch (error) {
    send({ id: page.id, error: String(error) });
  }
}
