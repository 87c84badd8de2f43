// What other people's SCIM makes of ours: a question a line on stdin as JSON, its answer a line on stdout.
const { createRequire } = require('node:module');
const { createInterface } = require('node:readline');
const find = createRequire(process.cwd() + '/');
const { Schemas, Types, Messages } = find('scimmy').default ?? find('scimmy');
const { scimPatch } = find('scim-patch');
const { parse, filter } = find('scim2-parse-filter');
Schemas.User.extend?.(Schemas.EnterpriseUser, false);
// It cannot say of resources that lack an attribute with parts: null.
const holds = (text, one) => { try { return new Types.Filter(text).match([one]).length === 1; } catch { return null; } };
const judges = {
  // Their schema reads our resource, and writes it again.
  schema: ({ kind, resource }) => JSON.parse(JSON.stringify(new Schemas[kind](resource, 'out'))),
  filter: ({ text, resources }) => {
    const matches = filter(parse(text));
    return { parsed: resources.map((one) => matches(one)), scimmy: resources.map((one) => holds(text, one)) };
  },
  patch: ({ resource, operations }) => scimPatch(JSON.parse(JSON.stringify(resource)), operations, { mutateDocument: true }),
  message: ({ message }) => JSON.parse(JSON.stringify(new Messages.PatchOp(message))),
  list: ({ message }) => JSON.parse(JSON.stringify(new Messages.ListResponse(message))),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const question = JSON.parse(line);
  let answer;
  try { answer = { value: judges[question.ask](question) }; } catch (fault) { answer = { fault: String(fault.message), scimType: fault.scimType }; }
  console.log(JSON.stringify(answer));
});
