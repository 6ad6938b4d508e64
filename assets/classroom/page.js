// The page of a phone: says who it is, does what is asked, shows what comes back. All texts are set
// as text, never as markup. It speaks English or the language of the window, whichever the phone
// speaks or its owner chooses; the English text is the key.
import { Pad } from "./pad.js";
import { PlaneMap, SIGNS } from "./plane.js";

const $ = (id) => document.getElementById(id);
const token = document.body.dataset.token;
const pad = new Pad($("pad"));
const map = new PlaneMap($("map"), (x, y) => send({ kind: "spot", x, y }));
const { language, named } = document.body.dataset, texts = JSON.parse(document.body.dataset.texts);
let spoken = sessionStorage.getItem("language") ?? "en";
let socket = null, activity = { do: "wait", number: -1 }, label = null, wait = 500;

// A finger that drew a moment ago makes some browsers drop the click of its next tap, so that buttons
// act when the finger is lifted; a click that follows, as of a keyboard, acts only if none came before.
function press(button, act) {
  let last = -Infinity;
  button.addEventListener("pointerup", (event) => {
    if (!event.isPrimary || !button.contains(document.elementFromPoint(event.clientX, event.clientY))) return;
    last = event.timeStamp;
    act();
  });
  button.addEventListener("click", (event) => { if (event.timeStamp - last > 700) act(); });
}

function tr(text) {
  return spoken === language ? texts[text] ?? text : text;
}

function speak() {
  const own = navigator.languages.some((each) => each.slice(0, 2) === language.slice(0, 2));
  if (sessionStorage.getItem("language") === null && own) spoken = language;
  document.documentElement.lang = spoken.replace("_", "-");
  for (const each of document.querySelectorAll("[data-said]")) {
    each.textContent = tr(each.textContent.replace(/\s+/g, " ").trim());
  }
  for (const each of document.querySelectorAll("[aria-label]")) {
    each.setAttribute("aria-label", tr(each.getAttribute("aria-label")));
  }
  $("other").hidden = language === "en";
  $("other").textContent = spoken === "en" ? named : "English";
  $("other").lang = spoken === "en" ? language.replace("_", "-") : "en";
}

press($("other"), () => {
  sessionStorage.setItem("language", spoken === "en" ? language : "en");
  location.reload();
});

function key() {
  let found = sessionStorage.getItem("phone");
  if (!found) {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    found = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem("phone", found);
  }
  return found;
}

function say(text, is_taken = true) {
  $("said").textContent = text;
  $("said").classList.toggle("refused", !is_taken);
}

function send(message) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  else say(tr("There is no connection. One moment…"), false);
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/${token}/ws`);
  socket.onopen = () => {
    wait = 500;
    send({ kind: "hello", phone: key(), name: sessionStorage.getItem("name") ?? "", language: spoken });
  };
  socket.onmessage = (event) => receive(JSON.parse(event.data));
  socket.onclose = (event) => {
    $("task").textContent = event.reason || tr("Not connected");
    if (event.reason) return show("wait");
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 8000);
  };
}

function receive(message) {
  if ("do" in message) {
    if (message.number !== activity.number) begin(message);
    else $("task").textContent = message.text;
  }
  if ("said" in message) {
    say(message.said, message.is_taken ?? true);
    if (message.is_taken && activity.do === "digit") pad.clear();
  }
  if ("truth" in message && activity.do === "spot") map.reveal(message.truth);
  if ("is_over" in message) end();
}

function end() {
  for (const field of document.querySelectorAll("#answers button, #number button, #number input")) {
    field.disabled = true;
  }
}

function show(name) {
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== name;
}

function begin(message) {
  activity = message;
  label = null;
  $("task").textContent = message.text || "Logit Lab";
  say("");
  pad.clear();
  if (message.do === "digit") choices($("labels"));
  if (message.do === "point") { choices($("classes")); paintPlane([]); }
  if (message.do === "question") answers();
  if (message.do === "number") for (const field of [$("value"), $("give")]) field.disabled = false;
  if (message.do === "number") $("value").value = "";
  if (message.do === "spot") { legend(message.plane); map.show(message.plane); }
  show(message.do);
}

function choices(box) {
  box.replaceChildren(...activity.classes.map((name, number) => {
    const button = document.createElement("button");
    button.setAttribute("aria-pressed", "false");
    if (activity.colours[number]) {
      const mark = document.createElement("i");
      mark.style.setProperty("background", activity.colours[number]);
      button.append(mark);
    }
    button.append(name);
    press(button, () => {
      label = number;
      for (const other of box.children) other.setAttribute("aria-pressed", String(other === button));
    });
    return button;
  }));
}

function legend(plane) {
  $("legend").replaceChildren(...plane.classes.map((name, number) => {
    const entry = document.createElement("span"), mark = document.createElement("b");
    mark.textContent = SIGNS[number % SIGNS.length];
    mark.style.setProperty("color", plane.colours[number]);
    entry.append(mark, " ", name);
    return entry;
  }));
}

function answers() {
  $("answers").replaceChildren(...activity.answers.map((text, number) => {
    const button = document.createElement("button");
    button.textContent = text;
    button.setAttribute("aria-pressed", "false");
    press(button, () => {
      for (const other of $("answers").children) other.setAttribute("aria-pressed", String(other === button));
      send({ kind: "answer", answer: number });
    });
    return button;
  }));
}

let placed = [];
function paintPlane(points) {
  placed = points;
  const canvas = $("plane"), { width, height } = canvas, context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.strokeStyle = "#c8ccd2";
  context.lineWidth = 2;
  for (const share of [0.25, 0.5, 0.75]) {
    context.strokeRect(share * width, -9, 0, height + 18);
    context.strokeRect(-9, share * height, width + 18, 0);
  }
  for (const { x, y, colour } of points) {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x * width, (1 - y) * height, 14, 0, 7);
    context.fill();
  }
}

$("plane").addEventListener("pointerdown", (event) => {
  event.preventDefault();
  if (label === null) return say(tr("Choose a class first."), false);
  const box = $("plane").getBoundingClientRect();
  const within = (value) => Math.min(1, Math.max(0, value));
  const x = within((event.clientX - box.left) / box.width);
  const y = within(1 - (event.clientY - box.top) / box.height);
  paintPlane([...placed.slice(-50), { x, y, colour: activity.colours[label] ?? "#111111" }]);
  send({ kind: "point", x, y, label });
});

press($("clear"), () => { pad.clear(); say(""); });
press($("send"), () => {
  if (!pad.strokes.length) return say(tr("Draw something first."), false);
  if (label === null) return say(tr("Say which one it is."), false);
  send({ kind: "digit", strokes: pad.strokes, label });
});

function give() {
  if (!$("value").value.trim()) return say(tr("Type a number, as in 0.693."), false);
  send({ kind: "number", value: $("value").value });
}
press($("give"), give);
$("value").addEventListener("keydown", (event) => { if (event.key === "Enter") give(); });

function enter(name) {
  sessionStorage.setItem("name", name);
  show("wait");
  connect();
}
speak();
press($("enter"), () => enter($("name").value));
$("name").addEventListener("keydown", (event) => { if (event.key === "Enter") enter($("name").value); });
if (sessionStorage.getItem("name") !== null) enter(sessionStorage.getItem("name"));
else { $("task").textContent = tr("Join the class"); show("welcome"); }
