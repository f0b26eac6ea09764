// The page of the server: sends a picture, and shows what comes back. One request gives a PNG whose red is each pixel's class and whose
// green its confidence; everything else is drawn from it here.

const byId = id => document.getElementById(id);
const stage = byId("stage"), view = byId("view"), photo = byId("photo"), overlay = byId("overlay"), lines = byId("lines");
const opacity = byId("opacity"), outlines = byId("outlines"), legend = byId("legend"), live = byId("live"), chip = byId("chip");
const cross = byId("cross"), fault = byId("fault"), file = byId("file");
const longestSide = 1600;

let model = null;
let wanted = null;      // The picture that is shown or on its way: its file and its name.
let result = null;      // What came back: sizes, classes, ids, confidences.
let running = null;     // Aborts the request under way.
let lit = null;         // The class that is brought out.
let point = null;       // Where the keyboard's cross is, in pixels of the result.
const hidden = new Set();

const percent = part => part === 0 ? "0 %" : part < 0.001 ? "< 0.1 %" : `${(100 * part).toFixed(part < 0.0995 ? 1 : 0)} %`;
const say = text => { live.textContent = text; };
const colorOf = text => [1, 3, 5].map(at => parseInt(text.slice(at, at + 2), 16));

// ---- the model -------------------------------------------------------------------------------------------------------------------

async function follow() {
  try {
    model = await (await fetch("/api/model")).json();
    showModel();
  } catch {
    showState("failed", "Not reachable");
  }
  setTimeout(follow, model?.status === "ready" ? 15000 : 1000);
}

function showState(kind, text) {
  byId("model-state").dataset.kind = kind;
  if (byId("model-text").textContent !== text) {
    byId("model-text").textContent = text;
  }
}

function showModel() {
  const training = model.status === "training";
  byId("training").hidden = !training;
  byId("choose").hidden = training;
  if (training) {
    const done = Math.round(100 * (model.progress ?? 0));
    byId("training-fill").style.width = `${done}%`;
    byId("training-bar").setAttribute("aria-valuenow", done);
    byId("training-text").textContent = `${done} %: ${model.remark ?? ""}`;
  }
  byId("welcome-title").textContent = training ? "The model is being trained" : "Drop a street photo here";
  byId("welcome-text").textContent = training
    ? "It learns from drawn scenes for a few minutes, once. Then drop a photo, or take a sample."
    : "or paste one, or take one of the samples below. Nothing is kept.";
  const words = { ready: `${model.classes.length} classes`, training: "Training", failed: model.remark ?? "No model" };
  showState(model.status, words[model.status] ?? `${model.status[0].toUpperCase()}${model.status.slice(1)}`);
}

async function showSamples() {
  const samples = await (await fetch("/api/samples")).json();
  for (const sample of samples) {
    const button = document.createElement("button");
    button.type = "button";
    const image = new Image(108, 72);
    image.src = sample.url;
    image.alt = sample.name;
    image.loading = "lazy";
    button.append(image);
    button.addEventListener("click", async () => {
      const blob = await (await fetch(sample.url)).blob();
      take(blob, sample.name);
      button.setAttribute("aria-current", "true");
    });
    const item = document.createElement("li");
    item.append(button);
    byId("samples").append(item);
  }
}

// ---- a picture comes in ------------------------------------------------------------------------------------------------------------

async function take(blob, name) {
  running?.abort();
  const abort = running = new AbortController();
  document.querySelectorAll(".samples [aria-current]").forEach(button => button.removeAttribute("aria-current"));
  wanted = { blob, name };
  fault.hidden = true;
  result = null;
  hidden.clear();
  lit = null;
  point = null;
  hideChip();
  byId("panel").hidden = true;
  document.querySelector("main").classList.remove("has-result");
  clear(overlay);
  clear(lines);

  let seen = null;
  try {
    // Browsers turn photos as their metadata says, and so does the server.
    seen = await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch { /* The server may know the format nevertheless, and says so if not. */ }
  if (abort.signal.aborted) {
    return;
  }
  stage.classList.toggle("empty", !seen);
  byId("welcome").hidden = !!seen;
  byId("frame").hidden = !seen;
  byId("another").hidden = !seen;
  if (seen) {
    showPhoto(seen);
  }
  if (model && blob.size > model.maxBytes) {
    showFault("The file is too large", `It has ${(blob.size / 1048576).toFixed(1)} MB; the server takes ${(model.maxBytes / 1048576).toFixed(0)} MB.`);
    return;
  }
  await segment(abort);
}

async function segment(abort) {
  busy(true);
  say(`Segmenting ${wanted.name}`);
  const begin = performance.now();
  const clock = setInterval(() => {
    const seconds = Math.floor((performance.now() - begin) / 1000);
    byId("busy-text").textContent = seconds > 0 ? `Segmenting, ${seconds} s` : "Segmenting";
  }, 500);
  try {
    const response = await send("application/json", "?pixels=true", abort.signal);
    const answer = await response.json();
    const { ids, sure } = await readPixels(answer);
    if (!abort.signal.aborted) {
      result = { ...answer, ids, sure, pixels: null };
      showResult();
    }
  } catch (error) {
    if (!abort.signal.aborted) {
      showFault(error.title ?? "The server cannot be reached", error.title ? error.message : "Is it still running? Nothing was segmented.");
    }
  } finally {
    clearInterval(clock);
    if (running === abort) {
      running = null;
      busy(false);
    }
  }
}

async function send(accept, query, signal) {
  const form = new FormData();
  form.append("image", wanted.blob, "picture");
  const response = await fetch(`/api/segment${query}`, { method: "POST", body: form, headers: { Accept: accept }, signal });
  if (response.ok) {
    return response;
  }
  const problem = await response.json().catch(() => ({}));
  const error = new Error(problem.detail ?? "It gave no reason.");
  error.title = { 413: "The picture is too large", 422: "This is no picture that can be read", 503: "The server is busy" }[response.status]
    ?? "The server refused the picture";
  throw error;
}

async function readPixels(answer) {
  const image = await createImageBitmap(decodeBase64(answer.pixels));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, image.width, image.height).data;
  const ids = new Uint8Array(image.width * image.height), sure = new Uint8Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    ids[i] = data[4 * i];
    sure[i] = data[4 * i + 1];
  }
  return { ids, sure };
}

function decodeBase64(text) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  return new Blob([bytes], { type: "image/png" });
}

// ---- drawing -----------------------------------------------------------------------------------------------------------------------

function clear(canvas) {
  canvas.width = canvas.height = 1;
}

function showPhoto(image) {
  const scale = Math.min(1, longestSide / Math.max(image.width, image.height));
  photo.width = Math.max(1, Math.round(image.width * scale));
  photo.height = Math.max(1, Math.round(image.height * scale));
  photo.getContext("2d").drawImage(image, 0, 0, photo.width, photo.height);
  view.setAttribute("aria-label", `Picture ${wanted.name}`);
  fit();
}

// As large as there is room, and never so high that the controls leave the window.
function fit() {
  if (byId("frame").hidden) {
    return;
  }
  const ratio = photo.width / photo.height;
  const room = Math.min(stage.clientWidth, Math.max(240, innerHeight * 0.74) * ratio);
  view.style.width = `${Math.floor(room)}px`;
  view.style.height = `${Math.floor(room / ratio)}px`;
}

function showResult() {
  byId("panel").hidden = false;
  document.querySelector("main").classList.add("has-result");
  fit();
  fillLegend();
  drawOverlay();
  drawLines();
  const milliseconds = Math.round(result.milliseconds);
  byId("facts").textContent = `${result.width} × ${result.height} pixels, segmented in ${milliseconds} ms`
    + (result.networkWidth === result.width ? "" : ` at ${result.networkWidth} × ${result.networkHeight}`);
  const most = [...result.classes].sort((a, b) => b.share - a.share).filter(c => c.share > 0).slice(0, 3);
  const summary = most.map(c => `${c.name} ${percent(c.share)}`).join(", ");
  view.setAttribute("aria-label", `Picture ${wanted.name}: ${summary}`);
  say(`Done. ${summary}`);
}

function drawOverlay() {
  if (!result) {
    return;
  }
  const { networkWidth: width, networkHeight: height, ids, sure, classes } = result;
  overlay.width = width;
  overlay.height = height;
  const context = overlay.getContext("2d");
  const image = context.createImageData(width, height);
  const asConfidence = document.querySelector("[name=show]:checked").value === "confidence";
  const colors = classes.map(c => colorOf(c.color));
  const alphas = classes.map((_, id) => hidden.has(id) ? 0 : lit === null || lit === id ? 255 : 45);
  for (let i = 0; i < ids.length; i++) {
    const color = asConfidence ? ramp[sure[i]] : colors[ids[i]];
    image.data.set(color, 4 * i);
    image.data[4 * i + 3] = alphas[ids[i]];
  }
  context.putImageData(image, 0, 0);
  overlay.style.opacity = opacity.value / 100;
}

const ramp = Array.from({ length: 256 }, (_, value) => {
  const stops = [[30, 22, 84], [19, 118, 134], [94, 201, 98], [253, 231, 37]];
  const place = value / 255 * (stops.length - 1), below = Math.min(Math.floor(place), stops.length - 2);
  return stops[below].map((from, channel) => Math.round(from + (place - below) * (stops[below + 1][channel] - from)));
});

// Edges between pixels of two classes, as lines and so as thin on a small picture as on a large one.
function drawLines() {
  clear(lines);
  if (!result || !outlines.checked) {
    return;
  }
  const { networkWidth: width, networkHeight: height, ids } = result;
  const scale = Math.max(1, longestSide / Math.max(width, height));
  lines.width = Math.round(width * scale);
  lines.height = Math.round(height * scale);
  const path = new Path2D();
  const shown = id => hidden.has(id) ? 255 : id;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x, id = shown(ids[at]);
      if (x + 1 < width && shown(ids[at + 1]) !== id) {
        path.moveTo((x + 1) * scale, y * scale);
        path.lineTo((x + 1) * scale, (y + 1) * scale);
      }
      if (y + 1 < height && shown(ids[at + width]) !== id) {
        path.moveTo(x * scale, (y + 1) * scale);
        path.lineTo((x + 1) * scale, (y + 1) * scale);
      }
    }
  }
  const context = lines.getContext("2d");
  context.lineCap = "round";
  for (const [color, thickness] of [["rgb(0 0 0 / .55)", 5], ["#fff", 2]]) {
    context.strokeStyle = color;
    context.lineWidth = thickness;
    context.stroke(path);
  }
}

function fillLegend() {
  legend.replaceChildren();
  const order = [...result.classes].sort((a, b) => b.share - a.share);
  const largest = Math.max(order[0].share, 1e-9);
  for (const item of order) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.id = item.id;
    button.setAttribute("aria-pressed", "true");
    button.title = item.share > 0 ? `Mean confidence ${percent(item.confidence)}. Click hides it.` : "Not in this picture";
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.color = item.color;
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = item.name;
    const share = document.createElement("span");
    share.className = "share";
    share.textContent = percent(item.share);
    button.append(swatch, name, share, meter(item.share / largest, item.color));
    const light = on => { lit = on ? item.id : null; drawOverlay(); };
    button.addEventListener("pointerenter", () => light(true));
    button.addEventListener("pointerleave", () => light(false));
    button.addEventListener("focus", () => light(true));
    button.addEventListener("blur", () => light(false));
    button.addEventListener("click", () => toggle(item, button));
    const entry = document.createElement("li");
    entry.append(button);
    legend.append(entry);
  }
}

function meter(part, color) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "meter");
  svg.setAttribute("aria-hidden", "true");
  for (const [kind, width] of [["back", 100], ["part", 100 * part]]) {
    const bar = document.createElementNS(svg.namespaceURI, "rect");
    bar.setAttribute("class", kind);
    bar.setAttribute("width", `${width}%`);
    bar.setAttribute("height", "5");
    bar.setAttribute("rx", "2.5");
    if (kind === "part") {
      bar.setAttribute("fill", color);
    }
    svg.append(bar);
  }
  return svg;
}

function toggle(item, button) {
  const hides = !hidden.has(item.id);
  hidden[hides ? "add" : "delete"](item.id);
  button.setAttribute("aria-pressed", String(!hides));
  byId("show-all").hidden = hidden.size === 0;
  drawOverlay();
  drawLines();
  say(`${item.name} ${hides ? "hidden" : "shown"}`);
}

// ---- reading a pixel -----------------------------------------------------------------------------------------------------------------

function tell(x, y, aloud) {
  const at = y * result.networkWidth + x;
  const item = result.classes[result.ids[at]], sure = percent(result.sure[at] / 255);
  chip.querySelector(".swatch").style.background = item.color;
  byId("chip-name").textContent = item.name;
  byId("chip-sure").textContent = sure;
  const across = (x + 0.5) / result.networkWidth, down = (y + 0.5) / result.networkHeight;
  for (const mark of [chip, cross]) {
    mark.style.left = `${100 * across}%`;
    mark.style.top = `${100 * down}%`;
  }
  chip.classList.toggle("left", across > 0.6);
  chip.classList.toggle("up", down > 0.75);
  chip.hidden = false;
  if (aloud) {
    say(`${item.name}, ${sure}`);
  }
}

function hideChip() {
  chip.hidden = true;
  cross.hidden = true;
}

view.addEventListener("pointermove", readPointer);
view.addEventListener("pointerdown", readPointer);
view.addEventListener("pointerleave", hideChip);
view.addEventListener("blur", hideChip);

function readPointer(event) {
  if (!result) {
    return;
  }
  const box = photo.getBoundingClientRect();
  const x = Math.floor((event.clientX - box.left) / box.width * result.networkWidth);
  const y = Math.floor((event.clientY - box.top) / box.height * result.networkHeight);
  if (x >= 0 && y >= 0 && x < result.networkWidth && y < result.networkHeight) {
    cross.hidden = true;
    tell(x, y, false);
  }
}

view.addEventListener("keydown", event => {
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const way = ways[event.key];
  if (!result || !way || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  event.preventDefault();
  const { networkWidth: width, networkHeight: height } = result;
  const step = Math.max(1, Math.round(Math.max(width, height) / (event.shiftKey ? 10 : 50)));
  point = point
    ? [Math.min(width - 1, Math.max(0, point[0] + way[0] * step)), Math.min(height - 1, Math.max(0, point[1] + way[1] * step))]
    : [width >> 1, height >> 1];
  cross.hidden = false;
  tell(...point, true);
});

// ---- controls ------------------------------------------------------------------------------------------------------------------------

opacity.addEventListener("input", () => {
  overlay.style.opacity = opacity.value / 100;
  byId("opacity-text").textContent = `${opacity.value} %`;
});
outlines.addEventListener("change", drawLines);
document.querySelectorAll("[name=show]").forEach(choice => choice.addEventListener("change", () => {
  byId("ramp").hidden = choice.value !== "confidence";
  drawOverlay();
}));
byId("show-all").addEventListener("click", () => {
  hidden.clear();
  byId("show-all").hidden = true;
  legend.querySelectorAll("button").forEach(button => button.setAttribute("aria-pressed", "true"));
  drawOverlay();
  drawLines();
  legend.querySelector("button").focus();
});

function busy(on) {
  byId("busy").hidden = !on;
  byId("busy-text").textContent = "Segmenting";
  stage.classList.toggle("working", on);
  stage.setAttribute("aria-busy", String(on));
}

byId("cancel").addEventListener("click", () => {
  running?.abort();
  running = null;
  busy(false);
  say("Cancelled");
  showFault("Cancelled", "The picture was not segmented.");
});

function showFault(title, text) {
  byId("fault-title").textContent = title;
  byId("fault-text").textContent = text;
  fault.hidden = false;
}

byId("fault-close").addEventListener("click", () => { fault.hidden = true; });
byId("again").addEventListener("click", () => take(wanted.blob, wanted.name));

file.addEventListener("change", () => {
  if (file.files.length > 0) {
    take(file.files[0], file.files[0].name);
    // The same file may be chosen again.
    file.value = "";
  }
});

let depth = 0;
const carriesFile = event => [...(event.dataTransfer?.types ?? [])].includes("Files");
addEventListener("dragenter", event => {
  if (carriesFile(event)) {
    depth++;
    document.body.classList.add("dragging");
  }
});
addEventListener("dragleave", () => {
  depth = Math.max(0, depth - 1);
  document.body.classList.toggle("dragging", depth > 0);
});
addEventListener("dragover", event => event.preventDefault());
addEventListener("drop", event => {
  event.preventDefault();
  depth = 0;
  document.body.classList.remove("dragging");
  const dropped = event.dataTransfer?.files[0];
  if (dropped) {
    take(dropped, dropped.name);
  }
});
addEventListener("paste", event => {
  const pasted = [...(event.clipboardData?.files ?? [])].find(item => item.type.startsWith("image/"));
  if (pasted) {
    take(pasted, "from the clipboard");
  }
});
addEventListener("resize", fit);

// ---- downloads -----------------------------------------------------------------------------------------------------------------------

function save(blob, suffix) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${wanted.name.replace(/\.[^.]*$/, "")}-${suffix}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

byId("save-mask").addEventListener("click", async event => {
  const button = event.currentTarget;
  button.disabled = true;
  try {
    save(await (await send("image/png", "", undefined)).blob(), "mask");
    say("The mask is saved");
  } catch (error) {
    showFault(error.title ?? "The server cannot be reached", error.message);
  } finally {
    button.disabled = false;
  }
});

byId("save-overlay").addEventListener("click", () => {
  const canvas = document.createElement("canvas");
  canvas.width = photo.width;
  canvas.height = photo.height;
  const context = canvas.getContext("2d");
  context.drawImage(photo, 0, 0);
  context.globalAlpha = opacity.value / 100;
  context.drawImage(overlay, 0, 0, canvas.width, canvas.height);
  context.globalAlpha = 1;
  if (outlines.checked) {
    context.drawImage(lines, 0, 0, canvas.width, canvas.height);
  }
  canvas.toBlob(blob => { save(blob, "overlay"); say("The overlay is saved"); }, "image/png");
});

// ---- light and dark ------------------------------------------------------------------------------------------------------------------

const theme = byId("theme"), prefersDark = matchMedia("(prefers-color-scheme: dark)");
function applyTheme() {
  const chosen = localStorage.getItem("theme");
  if (chosen) {
    document.documentElement.dataset.theme = chosen;
  }
  theme.setAttribute("aria-pressed", String((chosen ?? (prefersDark.matches ? "dark" : "light")) === "dark"));
}
theme.addEventListener("click", () => {
  localStorage.setItem("theme", theme.getAttribute("aria-pressed") === "true" ? "light" : "dark");
  applyTheme();
});
prefersDark.addEventListener("change", applyTheme);

applyTheme();
follow();
showSamples();
