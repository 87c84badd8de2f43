// A form that is sent once a passkey has answered the server's challenge.
const challenges = {
  get: { path: '/api/v1/auth/passkeys/challenge', body: () => ({}), ask: options => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }) },
  create: {
    path: '/api/v1/auth/passkeys/begin',
    body: form => ({ password: form.elements.password.value }),
    ask: options => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  },
};

// What went wrong, as a person can act on it.
const words = failure => failure.name === 'NotAllowedError' ? 'The passkey was not used. Try again, or sign in another way.'
  : failure.name === 'InvalidStateError' ? 'This device has a passkey for the account already.'
  : failure.name === 'SecurityError' ? 'Passkeys need a domain name over TLS, or localhost.'
  : failure.message;

export const enable = form => {
  const { path, body, ask } = challenges[form.dataset.passkey];
  const problem = form.querySelector('[data-passkey-problem]');
  form.hidden = false;
  form.addEventListener('submit', async event => {
    event.preventDefault();
    problem.textContent = '';
    try {
      const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body(form)) });
      const answer = await response.json();
      if (!response.ok) throw new Error(`${answer.detail}`);
      const credential = await ask(answer.options);
      form.elements.token.value = answer.token;
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (failure) {
      problem.textContent = words(failure);
    }
  });
};
