// Prints a label for each new shipment, and asks for those again that cannot be labelled.

import { labelOf } from "./label.js";

export const handler = async (event, context) => {
  const batchItemFailures = [];
  for (const { dynamodb } of event.Records) {
    try {
      const label = await labelOf(dynamodb.NewImage);
      console.log(label);
    } catch (error) {
      console.warn(`${dynamodb.Keys.id.S}: ${error.message}, with ${context.getRemainingTimeInMillis()} ms left`);
      batchItemFailures.push({ itemIdentifier: dynamodb.SequenceNumber });
      break; // what follows must wait its turn
    }
  }
  return { batchItemFailures };
};
