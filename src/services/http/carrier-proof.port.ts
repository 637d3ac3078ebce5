/** How a request says that it is the carrier's. Whether it is, `GuardRules.verifyWebhook` finds. */
export interface CarrierProof {
  /** Of the signature, in lower case. */
  readonly signatureHeader: string;
  /** The setting by which a signature is verified: named to whoever is refused because it is not set. */
  readonly secretSetting: string;
}
