// A page that was opened from a disk may start no worker, and the search is one. Here its script runs in a hidden frame.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      this.waiting = [];
      frame.addEventListener("load", () => {
        const inside = frame.contentWindow;
        if (inside.postMessage === this.answer) return;
        inside.postMessage = this.answer = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
        const script = inside.document.createElement("script");
        script.src = address;
        script.addEventListener("load", () => {
          this.postMessage = (data) => inside.dispatchEvent(new inside.MessageEvent("message", { data }));
          this.waiting.forEach((data) => this.postMessage(data));
        });
        inside.document.head.append(script);
      });
      frame.srcdoc = "<!doctype html><title>search</title>";
      document.addEventListener("DOMContentLoaded", () => document.body.append(frame));
      if (document.body) document.body.append(frame);
    }

    postMessage(data) {
      this.waiting.push(data);
    }
  };
}
