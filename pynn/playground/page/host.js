// The page's host: the server of `pynn playground` in the clothes of anywidget's model, with send and on("msg:custom").

import { split } from "./message.js";

/* The token comes in the address's fragment, and is erased from there; other tabs of this address find it in the storage. */
function takeToken() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const token = parts.get("token") ?? localStorage.getItem("pynn-token") ?? "";
  const code = parts.get("s");
  localStorage.setItem("pynn-token", token);
  history.replaceState(null, "", location.pathname + (code ? `#s=${code}` : ""));
  return { token, code };
}

export function serverModel() {
  const { token, code } = takeToken();
  let listener = () => {};
  const post = (path, body) => fetch(path, {
    method: "POST", headers: { "X-Pynn-Token": token, "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const lost = (status) => listener({ type: "lost", status }, []);

  async function stream() {
    let waiting = new Uint8Array(0);
    try {
      const response = await post("/stream", {});
      if (!response.ok) return lost(response.status);
      const reader = response.body.getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return lost(0);
        waiting = joined(waiting, value);
        for (let size = sizeOf(waiting); size && waiting.length >= size; size = sizeOf(waiting)) {
          listener(...split(waiting.slice(0, size).buffer));
          waiting = waiting.slice(size);
        }
      }
    } catch {
      return lost(0);
    }
  }

  async function ask(command) {
    try {
      const response = await post("/command", command);
      if (response.ok) return listener(...split(await response.arrayBuffer()));
      const message = response.status === 413 ? "too_large" : `HTTP ${response.status}`;
      return listener({ type: "reply", id: command.id, ok: false, error: { field: "", message } }, []);
    } catch {
      return lost(0);
    }
  }

  return {
    code,
    on(event, listen) { listener = listen; },
    send(command) {
      if (command.command === "hello") stream();
      else if (command.command === "ack") post("/ack", { stream: command.stream, number: command.number }).catch(() => {});
      else ask(command);
    },
  };
}

function joined(first, second) {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/* The bytes of the first message with its length, or 0 if even that has not come. */
function sizeOf(bytes) {
  return bytes.length < 4 ? 0 : 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}
