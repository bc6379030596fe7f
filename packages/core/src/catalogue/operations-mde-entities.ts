import type { Operation } from './entry.ts';
import { MDE_QUOTA, rows, shownAt } from './operation-row.ts';

const family = 'mde';

const library = rows(
  { family, quotaGroup: 'libraryFiles', quota: MDE_QUOTA },
  `
    libraryFiles.list    GET    /api/libraryfiles  list-library-files
    libraryFiles.upload  POST   /api/libraryfiles  upload-library
    libraryFiles.delete  DELETE /api/libraryfiles/{fileName}  delete-library
  `,
  // No `body`: the request sends a form.
  { 'libraryFiles.upload': { ambiguityAdvice: shownAt('GET /api/libraryfiles') } },
);

const inDefinitions = { ambiguityAdvice: shownAt('GET /api/DeviceAuthenticatedScanDefinitions') };

const scans = rows(
  { family, quotaGroup: 'scanDefinitions', quota: MDE_QUOTA },
  `
    scanDefinitions.list            GET   /api/DeviceAuthenticatedScanDefinitions  get-all-scan-definitions
    scanDefinitions.create          POST  /api/DeviceAuthenticatedScanDefinitions  add-a-new-scan-definition
    scanDefinitions.update          PATCH /api/DeviceAuthenticatedScanDefinitions/{id}  add-a-new-scan-definition
    scanDefinitions.batchDelete     POST  /api/DeviceAuthenticatedScanDefinitions/BatchDelete  add-a-new-scan-definition
    scanDefinitions.history         POST  /api/DeviceAuthenticatedScanDefinitions/GetScanHistoryByScanDefinitionId  get-scan-history-by-definition
    scanDefinitions.sessionHistory  POST  /api/DeviceAuthenticatedScanDefinitions/GetScanHistoryBySessionId  get-scan-history-by-session
    scanAgents.list                 GET   /api/DeviceAuthenticatedScanAgents  get-all-scan-agents
    scanAgents.get                  GET   /api/DeviceAuthenticatedScanAgents/{id}  get-agent-details
  `,
  {
    'scanDefinitions.create': {
      ...inDefinitions,
      body: `scanType* scanName* isActive* target* intervalInHours* targetType* scannerAgent*
        scanAuthenticationParams`,
    },
    'scanDefinitions.update': {
      ...inDefinitions,
      body: 'scanName isActive target intervalInHours targetType scanAuthenticationParams',
    },
    'scanDefinitions.batchDelete': { ...inDefinitions, body: 'ScanDefinitionIds*' },
    // These only read.
    'scanDefinitions.history': { idempotent: true, body: 'ScanDefinitionIds*' },
    'scanDefinitions.sessionHistory': { idempotent: true, body: 'SessionIds*' },
  },
);

/** Files, addresses, domains, accounts, investigations, the script library and scans. */
export const entityOperations: readonly Operation[] = [
  ...rows(
    { family, quotaGroup: 'files', quota: MDE_QUOTA },
    `
      files.get       GET /api/files/{id}  get-file-information
      files.alerts    GET /api/files/{id}/alerts  get-file-related-alerts
      files.machines  GET /api/files/{id}/machines  get-file-related-machines
      files.stats     GET /api/files/{id}/stats  get-file-statistics
    `,
  ),
  ...rows(
    { family, quotaGroup: 'ips', quota: MDE_QUOTA },
    `
      ips.alerts  GET /api/ips/{ip}/alerts  get-ip-related-alerts
      ips.stats   GET /api/ips/{ip}/stats  get-ip-statistics
    `,
  ),
  ...rows(
    { family, quotaGroup: 'domains', quota: MDE_QUOTA },
    `
      domains.alerts    GET /api/domains/{domain}/alerts  get-domain-related-alerts
      domains.machines  GET /api/domains/{domain}/machines  get-domain-related-machines
      domains.stats     GET /api/domains/{domain}/stats  get-domain-statistics
    `,
  ),
  ...rows(
    { family, quotaGroup: 'users', quota: MDE_QUOTA },
    `
      users.alerts    GET /api/users/{id}/alerts  get-user-related-alerts
      users.machines  GET /api/users/{id}/machines  get-user-related-machines
    `,
  ),
  ...rows(
    { family, quotaGroup: 'investigations', quota: MDE_QUOTA },
    `
      investigations.list  GET /api/investigations  get-investigation-collection
      investigations.get   GET /api/investigations/{id}  get-investigation-object
    `,
  ),
  ...library,
  ...scans,
];
