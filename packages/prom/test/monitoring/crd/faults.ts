import { readFile } from 'node:fs/promises';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

/** A resource of the Prometheus operator, as far as every kind has it. */
export interface Resource {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
}

const VERSION = 'monitoring.coreos.com/v1';

/** The kinds whose schema is here, and its file. */
const FILES: Readonly<Record<string, string>> = {
  PrometheusRule: 'prometheusrules.json',
  PodMonitor: 'podmonitors.json',
};

const TEXTS = { type: 'object', additionalProperties: { type: 'string' } };

/** Of Kubernetes' own ObjectMeta, which a custom resource's schema leaves to Kubernetes: what people write. */
const METADATA = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' },
    namespace: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
    labels: TEXTS,
    annotations: TEXTS,
  },
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The same schema without room for unknown fields. The API server drops those, unless a client asks it to refuse them. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, closed(value)]),
  );
  const isOpen = 'additionalProperties' in schema || !('properties' in schema);
  // A property may itself be named `properties`; none of these schemas has one.
  return isOpen ? inner : { ...inner, additionalProperties: false };
}

/** Words of Kubernetes that say how objects are merged, and nothing of what is valid here. */
const KUBERNETES_WORDS = [
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
];

async function validatorOf(file: string): Promise<ValidateFunction> {
  const text = await readFile(new URL(file, import.meta.url), 'utf8');
  const schema = JSON.parse(text) as { readonly properties: object };
  const properties = { ...schema.properties, metadata: METADATA };
  // `required` without `type`, and `anyOf` beside it, are usual in these schemas.
  const ajv = new Ajv({ allErrors: true, strictTypes: false, strictRequired: false });
  ajv.addVocabulary(KUBERNETES_WORDS);
  for (const format of ['int32', 'int64']) ajv.addFormat(format, true);
  return ajv.compile(closed({ ...schema, properties }) as object);
}

function sentence({ instancePath, message = '', params }: ErrorObject): string {
  const field: unknown = params['additionalProperty'];
  const where = instancePath === '' ? '' : `${instancePath} `;
  return typeof field === 'string' ? `${where}has no field ${field}` : `${where}${message}`;
}

/** What the Prometheus operator's custom resource definition has against a resource. */
export async function faultsOf(resource: Resource): Promise<readonly string[]> {
  const { apiVersion, kind } = resource;
  const file = FILES[String(kind)];
  if (file === undefined || apiVersion !== VERSION) {
    return [`there is no schema of ${String(apiVersion)} ${String(kind)}`];
  }
  const validate = await validatorOf(file);
  return validate(resource) ? [] : (validate.errors ?? []).map(sentence);
}
