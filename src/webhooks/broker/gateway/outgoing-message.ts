import type { OutgoingMessage } from '../../../platform/kafka/index.js';
import type { CloudEvent } from '../../../platform/outbox/index.js';

/**
 * An event in the binary content mode of CloudEvents (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/
 * kafka-protocol-binding.md#32-binary-content-mode): the data alone are the value, so that whoever knows nothing of
 * CloudEvents can read them, and the attributes are headers, so that they can be filtered by without reading the value.
 */
export function outgoingMessage({ data, datacontenttype, ...attributes }: CloudEvent, key: string): OutgoingMessage {
  const headers = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]);
  return {
    key,
    value: JSON.stringify(data),
    headers: { 'content-type': datacontenttype, ...Object.fromEntries(headers) },
  };
}
