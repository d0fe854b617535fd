// Sends forms without leaving the page. Without this module each of them works as a plain form.

import { banner, ended, show } from "./live.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.plain !== undefined) return;
  event.preventDefault();
  const button = event.submitter;
  if (form.dataset.keep !== undefined) return; // it is on its way
  const typed = new FormData(form, button);
  const body = form.enctype === "multipart/form-data" ? typed : new URLSearchParams(typed);
  const action = button?.getAttribute("formaction") ?? form.getAttribute("action");
  const free = busy(form, button);
  const heard = answering(typed.get("message"));
  const before = () => {
    heard();
    free();
  };
  try {
    const answer = await fetch(action, { method: "POST", body, headers: { Accept: "text/html" } });
    const html = await answer.text();
    delete form.dataset.keep;
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname) {
      location.assign(answer.url);
      return;
    }
    before();
    form.closest("dialog")?.close();
    if (answer.status === 401) return ended();
    if (!answer.headers.get("Content-Type")?.startsWith("text/html")) throw new TypeError();
    if (answer.ok && form.dataset.clear !== undefined) form.reset();
    for (const input of form.querySelectorAll("[type=file]")) input.value = ""; // it may be mended
    document.querySelectorAll("#problem").forEach((old) => old.remove());
    if (answer.redirected) history.replaceState(null, "", answer.url);
    show(html);
    focus(form.dataset.clear === undefined ? null : "#message");
  } catch {
    delete form.dataset.keep;
    before();
    form.closest("dialog")?.close();
    banner("The server does not answer. What you typed is still here; send it again in a moment.");
  }
});

/** The button says what it does; the form is left alone until the answer is there. */
function busy(form, button) {
  if (!button) return () => {};
  const text = button.textContent;
  form.dataset.keep = "";
  button.setAttribute("aria-busy", "true");
  if (button.dataset.busy) button.textContent = `${button.dataset.busy}…`;
  return () => {
    button.removeAttribute("aria-busy");
    button.textContent = text;
  };
}

/** In a talk: what was said stands there at once, and that it is being answered. */
function answering(words) {
  const log = words && document.getElementById("log");
  if (!log) return () => {};
  const lines = [["user", "You", words], ["assistant", "Supervisor", "Answering…"]].map((line) => {
    const said = document.createElement("div");
    [said.className, said.dataset.role, said.dataset.keep] = ["said", line[0], ""];
    for (const [kind, text] of [["dim", line[1]], ["text", line[2]]]) {
      const place = said.appendChild(document.createElement("p"));
      [place.className, place.textContent] = [kind, text];
    }
    return said;
  });
  log.append(...lines);
  lines[1].scrollIntoView({ block: "nearest" });
  return () => lines.forEach((line) => line.remove());
}

/** Where to go on: what went wrong, what was asked for, or the next question. */
function focus(usual) {
  const place = ["#problem h2", usual ?? "#preview-title", "#decision-title", "#main"]
    .map((selector) => document.querySelector(selector))
    .find((element) => element);
  place?.focus();
  place?.scrollIntoView({ block: "nearest" });
}

if (!("command" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor"));
    if (!dialog) return;
    if (button.getAttribute("command") === "show-modal") dialog.showModal();
    else dialog.close();
  });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = "Copied";
});

/** One box for all of a table. */
document.addEventListener("change", (event) => {
  if (event.target.dataset.all === undefined) return;
  const boxes = event.target.closest("table").querySelectorAll("tbody .choose");
  boxes.forEach((box) => (box.checked = event.target.checked));
});

function prepare() {
  document.querySelectorAll("[data-all]").forEach((box) => (box.hidden = false));
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = !navigator.clipboard;
  });
}
/** What differs from what was there. */
function mark(form) {
  for (const input of form.querySelectorAll("input, select")) {
    const usual = [...(input.options ?? [])].find((each) => each.defaultSelected) ?? input.options?.[0];
    const before = usual?.value ?? input.defaultValue;
    const other = input.type === "checkbox" ? input.checked !== input.defaultChecked : input.value !== before;
    input.closest(".field, .check")?.toggleAttribute("data-changed", other);
  }
}
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-marks]");
  if (form) mark(form);
});
document.addEventListener("reset", (event) => setTimeout(() => mark(event.target)));

document.addEventListener("shown", prepare);
prepare();

document.getElementById("company_name")?.addEventListener("input", (event) => {
  const plain = event.target.value.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60);
  document.getElementById("slug").placeholder = slug || "acme-corp";
});

/** Whether the short name is free in the systems; asked when the typing has come to rest. */
const check = document.getElementById("name-check");
const TYPED = ["company_name", "slug", "systems"];
let typing = 0;
let asked = 0;
function rest() {
  clearTimeout(typing);
  typing = setTimeout(look, 700);
}
async function look() {
  const number = ++asked;
  const told = await names(new FormData(check.closest("form"))).catch(() => []);
  if (number !== asked) return;
  check.replaceChildren(...told.map(({ tone, text }) => {
    const [line, lamp] = [document.createElement("p"), document.createElement("i")];
    [line.className, line.dataset.tone, lamp.className] = ["named", tone, "lamp"];
    lamp.setAttribute("aria-hidden", "true");
    line.append(lamp, text);
    return line;
  }));
}
async function names(typed) {
  const name = typed.get("company_name").trim();
  if (name.length < 2) return [];
  const query = new URLSearchParams({ company_name: name, slug: typed.get("slug").trim() });
  typed.getAll("systems").forEach((system) => query.append("system", system));
  const answer = await fetch(`/launch/name?${query}`);
  return answer.ok ? answer.json() : [];
}
if (check && !check.hidden) {
  check.closest("form").addEventListener("input", (event) => TYPED.includes(event.target.name) && rest());
  if (document.getElementById("company_name").value) rest();
}

/** A file that was chosen or dropped is checked at once; one that is too large is not sent. */
const file = document.getElementById("file");
file?.addEventListener("change", () => {
  if (!file.files.length) return;
  if (file.files[0].size <= Number(file.dataset.limit)) {
    return file.form.requestSubmit(file.form.querySelector("button.primary"));
  }
  file.value = "";
  banner("The file is larger than 4 MiB. Split it, and upload the parts one after the other.");
});
const drop = document.getElementById("drop");
if (drop) {
  document.getElementById("drops").hidden = false;
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.toggleAttribute("data-over", name === "dragover");
      if (name !== "drop" || !event.dataTransfer.files.length) return;
      file.files = event.dataTransfer.files;
      file.dispatchEvent(new Event("change"));
    });
  }
}
