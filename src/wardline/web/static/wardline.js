// What a script adds to pages that work without it: "/" finds, Escape closes, a message is read out after a move.
(() => {
  "use strict";
  const editable = "input, select, textarea, [contenteditable]";

  document.addEventListener("keydown", (event) => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing);
    if (event.key === "/" && plain && document.body.dataset.keys !== "off" && !event.target.closest(editable)) {
      const field = document.getElementById("search");
      if (field) {
        event.preventDefault();
        field.focus();
        field.select();
      }
    } else if (event.key === "Escape") {
      const open = event.target.closest("details.pop[open]") || document.querySelector("details.pop[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
    }
  });

  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.pop[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  // A command is copied by a button beside it, where the browser lets a page copy at all.
  const offerCopies = () => {
    if (!navigator.clipboard) return;
    for (const shown of document.querySelectorAll("pre.run:not([data-copied])")) {
      shown.dataset.copied = "";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", `Copy: ${shown.getAttribute("aria-label") || shown.textContent.trim().slice(0, 60)}`);
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(shown.textContent.trim());
          button.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(shown);
          button.textContent = "Selected";
        }
        document.getElementById("heard")?.replaceChildren(button.textContent);
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
      });
      const around = document.createElement("div");
      around.className = "copies";
      shown.replaceWith(around);
      around.append(shown, button);
    }
  };
  offerCopies();

  // After a move in place the focus would be lost with the form that was swapped out: it goes to what was said.
  document.addEventListener("htmx:after:swap", () => {
    offerCopies();
    const count = document.querySelector("#results h2");
    if (count) document.getElementById("heard").textContent = count.textContent;
    const said = document.querySelector("[data-said]");
    if (said) {
      said.focus();
      said.removeAttribute("data-said");
    }
  });
})();
