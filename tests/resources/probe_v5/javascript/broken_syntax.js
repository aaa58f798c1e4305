export default async (context) => {
