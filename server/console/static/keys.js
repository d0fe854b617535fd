// Keys for people who work here all day. None of them fires in a field or in a dialog.

const PLACES = { r: "/runs", a: "/approvals", l: "/launch", b: "/batches", c: "/chat", s: "/systems" };
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]";
const FIELDS = "input, textarea, select";
let leader = -Infinity;

document.addEventListener("keydown", (event) => {
  const target = event.target;
  const sends = event.ctrlKey || (target.dataset.enter !== undefined && !event.shiftKey);
  if (event.key === "Enter" && sends && !event.isComposing) return send(target, event);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !event.isComposing && target.matches(FIELDS) && !target.closest("dialog")) return target.blur();
  if (event.key === "ArrowUp" && target.dataset.enter !== undefined && !target.value) return again(target, event);
  if (target.closest(TYPING) || document.querySelector("dialog[open]")) return;
  if (performance.now() - leader < 1500 && PLACES[event.key]) {
    leader = -Infinity;
    location.assign(PLACES[event.key]);
  } else if (event.key === "g") {
    leader = performance.now();
  } else if (act(event.key)) {
    event.preventDefault();
  }
});

function act(key) {
  if (key === "?") return document.getElementById("keys").showModal() ?? true;
  if (key === "t") return document.getElementById("theme").click() ?? true;
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "/" && !document.querySelector("[data-key='/']")) return location.assign("/runs") ?? true;
  if (/^[1-9]$/.test(key)) return reach(document.querySelectorAll("[data-jump]")[Number(key) - 1]);
  if (key === "x") return choose(document.activeElement.closest(".row")?.querySelector(".choose"));
  if (!/^[acdef/]$/.test(key)) return false;
  const wanted = document.querySelector(`[data-key="${key}"]`);
  if (!wanted) return false;
  if (key === "c") wanted.click();
  if (key === "d" || key === "e") {
    wanted.parentElement.open = true;
    return reach(wanted.parentElement.querySelector("textarea, input:not([type=hidden])"));
  }
  return key === "c" || reach(wanted);
}

/** Approving takes this key and Enter: one slip of a finger decides nothing. */
function reach(element) {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  return Boolean(element);
}

function choose(box) {
  box?.click();
  return Boolean(box);
}

function step(by) {
  const links = [...document.querySelectorAll(".row .cover")];
  const at = links.indexOf(document.activeElement.closest(".row")?.querySelector(".cover"));
  return reach(links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)]);
}

/** The last message, to be said anew. */
function again(target, event) {
  const last = [...document.querySelectorAll(".said[data-role=user] .text")].at(-1);
  if (!last) return;
  event.preventDefault();
  target.value = last.textContent;
}

function send(target, event) {
  const form = target.form;
  if (!form) return;
  event.preventDefault();
  const near = target.closest("details.reveal") ?? form;
  form.requestSubmit(near.querySelector("button.primary") ?? near.querySelector("button:not([type=button])"));
}
