// Style sheets taken into a saved page as text (import … with { type: "text" }).
declare module "*.css" {
  const text: string;
  export default text;
}
