export const main = 5;
