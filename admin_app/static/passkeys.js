// Passkeys: asks the server what to ask the device, asks it, and sends the answer in the form.
(() => {
  "use strict";
  const toBytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const toText = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const withBytes = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  const devices = {
    create: async (options) => {
      const made = await navigator.credentials.create({ publicKey: {
        ...options,
        challenge: toBytes(options.challenge),
        user: { ...options.user, id: toBytes(options.user.id) },
        excludeCredentials: withBytes(options.excludeCredentials),
      } });
      return { credential: made, response: { attestationObject: toText(made.response.attestationObject) } };
    },
    get: async (options) => {
      const found = await navigator.credentials.get({ publicKey: {
        ...options, challenge: toBytes(options.challenge), allowCredentials: withBytes(options.allowCredentials),
      } });
      const { authenticatorData, signature, userHandle } = found.response;
      return { credential: found, response: {
        authenticatorData: toText(authenticatorData), signature: toText(signature), userHandle: userHandle && toText(userHandle),
      } };
    },
  };

  const answerOf = ({ credential, response }) => JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: toText(credential.response.clientDataJSON), ...response },
  });

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const told = form.querySelector("[data-told]");
    const tell = (why) => { told.textContent = told.dataset[why]; told.hidden = false; };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      told.hidden = true;
      if (!window.PublicKeyCredential) { tell("unknown"); return; }
      try {
        const reply = await fetch(form.dataset.ask, { method: "POST", body: new FormData(form) });
        if (!reply.ok) { tell(reply.status === 403 ? "forbidden" : "failed"); return; }
        form.elements.answer.value = answerOf(await devices[form.dataset.passkey](await reply.json()));
        form.submit();
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        tell("refused");
      }
    });
  });
})();
