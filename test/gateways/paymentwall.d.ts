// What tests use of npm `paymentwall`, which has no types of its own.
declare module 'paymentwall' {
  type Parameters = Record<string, string>
  const library: {
    /** One configuration for all that is made afterwards. */
    Configure: new (apiType: number, key: string, secret: string) => unknown
    Pingback: new (parameters: Parameters, address: string) => { validate(skipAddress: boolean): boolean }
    WidgetSignature: { calculateSignature(parameters: Parameters, secret: string, version: string): string }
  }
  export default library
}
