export default {
  get: async (url: string) => ({ data: await (await fetch(url)).json() }),
};
