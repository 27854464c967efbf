// OpenAI's own client for Node against the server at argv[2], with the key of the environment. It
// prints what it saw as JSON; the test compares.
import OpenAI from "openai";

const [url] = process.argv.slice(2);
const options = { baseURL: `${url}/v1`, maxRetries: 0 };
const client = new OpenAI({ ...options, apiKey: process.env.ASSISTANT_KEY });
const messages = [{ role: "user", content: "Say it." }];
const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];

const seen = { models: [], streamed: "", errors: {} };
for await (const model of client.models.list()) seen.models.push(model.id);

const whole = await client.chat.completions.create({ model: "double", messages });
seen.said = whole.choices[0].message.content;
seen.usage = whole.usage.total_tokens;

const stream = await client.chat.completions.create({
  model: "double",
  messages,
  stream: true,
  stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  seen.streamed += chunk.choices[0]?.delta?.content ?? "";
  if (chunk.usage) seen.streamedUsage = chunk.usage.total_tokens;
}

const runner = client.chat.completions.stream({ model: "double-tool", messages, tools });
const final = await runner.finalChatCompletion();
seen.tool = final.choices[0].message.tool_calls[0].function.name;

const failing = {
  missing: () => client.chat.completions.create({ model: "gpt-9", messages }),
  bad: () => client.chat.completions.create({ model: "double", messages, temperature: 9 }),
  stranger: () => new OpenAI({ ...options, apiKey: "sk_live_nonsense" }).models.list(),
  down: () => client.chat.completions.create({ model: "double-down", messages }),
  cut: async () => {
    const cut = await client.chat.completions.create({ model: "double-cut", messages, stream: true });
    for await (const _ of cut);
  },
};
for (const [name, fail] of Object.entries(failing)) {
  try {
    await fail();
  } catch (error) {
    seen.errors[name] = [error.constructor.name, error.status ?? null, error.code ?? null];
  }
}
console.log(JSON.stringify(seen));
