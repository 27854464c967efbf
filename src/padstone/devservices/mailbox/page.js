// Shows new mails as they come. Everything else works without this.
"use strict";

const { base, version } = document.body.dataset;

async function refresh() {
  const answer = await fetch(location.href);
  if (answer.redirected) {
    location.replace(base); // the mail that was shown is gone
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["top", "list"]) {
    document.getElementById(id).replaceWith(fresh.getElementById(id));
  }
  if (document.body.className === "listing") {
    document.querySelector("main").replaceWith(fresh.querySelector("main"));
  }
}

async function follow(known) {
  for (;;) {
    try {
      const answer = await fetch(`${base}api/changes?since=${known}`);
      const now = (await answer.json()).version;
      if (now !== known) {
        await refresh();
        known = now;
      }
    } catch {
      await new Promise((go) => setTimeout(go, 2000)); // it is being started again
    }
  }
}

document.addEventListener("submit", (event) => {
  if (!confirm("Delete all mails that are listed here?")) event.preventDefault();
});

follow(version);
