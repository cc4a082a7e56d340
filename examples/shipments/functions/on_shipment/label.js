// Edit this file while `sandbox dev` runs: a module the handler imports reloads it too.

import { createHash } from "node:crypto";

export async function labelOf(shipment) {
  if (!shipment.address) throw new Error("a shipment needs an address");
  const code = createHash("sha256").update(shipment.id.S).digest("hex").slice(0, 6).toUpperCase();
  return `${code} to ${shipment.address.S}`;
}
