// Keeps the page as the server has it. The stream says only that something changed; the page is
// then read again by its own address and put into place, so that focus, typed text and open
// dialogs stay.

const SOON = 1000;
const LATE = 10000;
const POLL = 4000;

const topic = document.body.dataset.topic;
const word = document.getElementById("link-state");
let source = null;
let tag = null;
let over = false;
let reading = false;
let again = false;
let failures = 0;
let timer = 0;
let readAt = new Date();

const same = (a, b) =>
  a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id ?? "") === (b.id ?? "");
const kept = (node) => node.dataset?.keep !== undefined;

/** Make `from` like `to` with as few changes as can be; what is marked `data-keep` stays. */
export function morph(from, to) {
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (from.nodeType !== Node.ELEMENT_NODE || kept(from)) return;
  attributes(from, to);
  if (from.nodeName === "TEXTAREA") return;
  if (from.dataset.steady !== undefined) return steady(from, to);
  const ids = new Set([...to.children].map((child) => child.id));
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    at = passed(at, wanted, ids);
    const elsewhere = wanted.id ? document.getElementById(wanted.id) : null;
    if (at && same(at, wanted)) {
      const next = at.nextSibling;
      morph(at, wanted);
      at = next;
    } else if (elsewhere && elsewhere.parentNode === from && same(elsewhere, wanted)) {
      // Where it exists, moveBefore leaves focus and open dialogs as they are.
      (from.moveBefore ?? from.insertBefore).call(from, elsewhere, at);
      morph(elsewhere, wanted);
    } else {
      from.insertBefore(wanted, at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    if (!kept(at)) at.remove();
    at = next;
  }
}

/** The next node to be compared: named ones that are wanted no more are taken out on the way. */
function passed(at, wanted, ids) {
  while (at && !same(at, wanted)) {
    const next = at.nextSibling;
    if (at.id && !kept(at) && !ids.has(at.id)) at.remove();
    else if (!kept(at)) break;
    at = next;
  }
  return at;
}

/** What a person has opened or typed is theirs. */
function attributes(from, to) {
  const theirs = { DIALOG: ["open"], DETAILS: ["open"], INPUT: ["value", "checked"], OPTION: ["selected"] };
  const skipped = (from.type !== "hidden" && theirs[from.nodeName]) || ["data-changed"];
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !skipped.includes(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !skipped.includes(name)) from.setAttribute(name, value);
  }
}

/** A list that never moves under the hand: rows change in place, new ones are only counted. */
function steady(from, to) {
  const rows = new Map([...to.children].map((row) => [row.id, row]));
  for (const row of from.children) {
    row.toggleAttribute("data-gone", !rows.has(row.id));
    if (rows.has(row.id)) morph(row, rows.get(row.id));
    rows.delete(row.id);
  }
  const fresh = document.getElementById("fresh");
  if (!fresh || from.dataset.steady !== "fresh" || fresh.dataset.count === String(rows.size)) return;
  fresh.dataset.count = rows.size;
  fresh.hidden = rows.size === 0;
  const show = document.createElement("a");
  show.href = location.href;
  show.className = "button small";
  show.textContent = `${rows.size} new ${rows.size === 1 ? "run" : "runs"} · Show`;
  fresh.replaceChildren(show);
}

/** Put a whole page into the place of this one. */
export function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const sheet = (doc) => doc.querySelector("link[rel=stylesheet]")?.getAttribute("href");
  if (sheet(page) !== sheet(document)) return outdated();
  const focused = document.activeElement;
  document.title = page.title;
  for (const id of ["waiting", "banners", "main"]) {
    const [from, to] = [document.getElementById(id), page.getElementById(id)];
    if (from && to) morph(from, to);
  }
  if (focused && focused !== document.body && !focused.isConnected) {
    (document.getElementById("decision-title") ?? document.getElementById("main")).focus();
  }
  document.dispatchEvent(new Event("shown"));
}

function outdated() {
  if (!document.querySelector("textarea, main input:not([type=hidden])")) return location.reload();
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = "Reload it";
  banner("A newer version of this page is there. ", link);
}

/** One line on top of the page, until the next one that is read. */
export function banner(...content) {
  const line = document.createElement("p");
  line.className = "banner bad";
  line.append(...content);
  document.getElementById("banners").replaceChildren(line);
}

/** Nobody is known any more: the stream is left until the page is shown again. */
export function ended() {
  over = true;
  clearTimeout(timer);
  source?.close();
  source = null;
  say("paused", "Paused");
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = "Log in again";
  banner("Your session has ended. What you typed is still here. ", link);
}

async function reread() {
  if (!topic) return;
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  try {
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch(location.href, { headers, cache: "no-store" });
    if (answer.status === 503) {
      const at = readAt.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      banner(`Database unreachable. Showing what was last read at ${at}.`);
    } else if (answer.status === 401) {
      ended();
    } else if (answer.redirected) {
      location.reload();
    } else if (answer.ok || answer.status === 304) {
      readAt = new Date();
      if (answer.ok) {
        tag = answer.headers.get("ETag");
        show(await answer.text());
      }
    }
  } catch {
    lost();
  } finally {
    reading = false;
    if (again) {
      again = false;
      reread();
    }
  }
}

function say(state, text) {
  if (!word || word.dataset.state === state) return;
  word.dataset.state = state;
  word.textContent = text;
  word.hidden = false;
}

function lost() {
  if (!over) say("lost", "Reconnecting…");
  source?.close();
  source = null;
  clearTimeout(timer);
  if (!over) timer = setTimeout(connect, Math.min(SOON * 2 ** failures++, LATE));
}

/** A stream that a proxy holds back says nothing; then the page is read now and then. */
function connect() {
  clearTimeout(timer);
  if (source || document.hidden) return;
  source = new EventSource(`/pokes?topic=${encodeURIComponent(topic || "*")}`);
  timer = setTimeout(poll, POLL);
  source.addEventListener("poke", () => {
    clearTimeout(timer);
    failures = 0;
    say("live", "Live");
    reread();
  });
  source.addEventListener("end", ended);
  source.addEventListener("error", lost);
}

async function poll() {
  await reread();
  if (source) timer = setTimeout(poll, POLL);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(timer);
    source?.close();
    source = null;
    say("paused", "Paused");
  } else {
    over = false;
    connect();
  }
});
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    source = null;
    connect();
  }
});
connect();
