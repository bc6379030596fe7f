import type { Operation } from './entry.ts';
import { mdeDocs, parameters, MDE_QUOTA as quota, rows, shownAt } from './operation-row.ts';

const family = 'mde';

const files = rows({ family, quotaGroup: 'files', quota });
const ips = rows({ family, quotaGroup: 'ips', quota });
const domains = rows({ family, quotaGroup: 'domains', quota });
const users = rows({ family, quotaGroup: 'users', quota });
const investigations = rows({ family, quotaGroup: 'investigations', quota });
const library = rows({ family, quotaGroup: 'libraryFiles', quota });
const scans = rows({ family, quotaGroup: 'scanDefinitions', quota });

/** Files, addresses, domains and accounts. */
const observed: readonly Operation[] = [
  files('files.get', 'GET /api/files/{id}', { docs: mdeDocs('get-file-information') }),
  files('files.alerts', 'GET /api/files/{id}/alerts', { docs: mdeDocs('get-file-related-alerts') }),
  files('files.machines', 'GET /api/files/{id}/machines', {
    docs: mdeDocs('get-file-related-machines'),
  }),
  files('files.stats', 'GET /api/files/{id}/stats', { docs: mdeDocs('get-file-statistics') }),
  ips('ips.alerts', 'GET /api/ips/{ip}/alerts', { docs: mdeDocs('get-ip-related-alerts') }),
  ips('ips.stats', 'GET /api/ips/{ip}/stats', { docs: mdeDocs('get-ip-statistics') }),
  domains('domains.alerts', 'GET /api/domains/{domain}/alerts', {
    docs: mdeDocs('get-domain-related-alerts'),
  }),
  domains('domains.machines', 'GET /api/domains/{domain}/machines', {
    docs: mdeDocs('get-domain-related-machines'),
  }),
  domains('domains.stats', 'GET /api/domains/{domain}/stats', {
    docs: mdeDocs('get-domain-statistics'),
  }),
  users('users.alerts', 'GET /api/users/{id}/alerts', { docs: mdeDocs('get-user-related-alerts') }),
  users('users.machines', 'GET /api/users/{id}/machines', {
    docs: mdeDocs('get-user-related-machines'),
  }),
];

/** Investigations, the script library and scan definitions. */
const kept: readonly Operation[] = [
  investigations('investigations.list', 'GET /api/investigations', {
    docs: mdeDocs('get-investigation-collection'),
  }),
  investigations('investigations.get', 'GET /api/investigations/{id}', {
    docs: mdeDocs('get-investigation-object'),
  }),
  library('libraryFiles.list', 'GET /api/libraryfiles', { docs: mdeDocs('list-library-files') }),
  // No bodyParameters: the body is a form.
  library('libraryFiles.upload', 'POST /api/libraryfiles', {
    ambiguityAdvice: shownAt('GET /api/libraryfiles'),
    docs: mdeDocs('upload-library'),
  }),
  library('libraryFiles.delete', 'DELETE /api/libraryfiles/{fileName}', {
    docs: mdeDocs('delete-library'),
  }),
  scans('scanDefinitions.list', 'GET /api/DeviceAuthenticatedScanDefinitions', {
    docs: mdeDocs('get-all-scan-definitions'),
  }),
  scans('scanDefinitions.create', 'POST /api/DeviceAuthenticatedScanDefinitions', {
    bodyParameters: parameters(
      'scanType*',
      'scanName*',
      'isActive*',
      'target*',
      'intervalInHours*',
      'targetType*',
      'scannerAgent*',
      'scanAuthenticationParams',
    ),
    ambiguityAdvice: shownAt('GET /api/DeviceAuthenticatedScanDefinitions'),
    docs: mdeDocs('add-a-new-scan-definition'),
  }),
  scans('scanDefinitions.update', 'PATCH /api/DeviceAuthenticatedScanDefinitions/{id}', {
    bodyParameters: parameters(
      'scanName',
      'isActive',
      'target',
      'intervalInHours',
      'targetType',
      'scanAuthenticationParams',
    ),
    ambiguityAdvice: shownAt('GET /api/DeviceAuthenticatedScanDefinitions'),
    docs: mdeDocs('add-a-new-scan-definition'),
  }),
  scans('scanDefinitions.batchDelete', 'POST /api/DeviceAuthenticatedScanDefinitions/BatchDelete', {
    bodyParameters: parameters('ScanDefinitionIds*'),
    ambiguityAdvice: shownAt('GET /api/DeviceAuthenticatedScanDefinitions'),
    docs: mdeDocs('add-a-new-scan-definition'),
  }),
  scans(
    'scanDefinitions.history',
    'POST /api/DeviceAuthenticatedScanDefinitions/GetScanHistoryByScanDefinitionId',
    {
      // Only reads.
      idempotent: true,
      bodyParameters: parameters('ScanDefinitionIds*'),
      docs: mdeDocs('get-scan-history-by-definition'),
    },
  ),
  scans(
    'scanDefinitions.sessionHistory',
    'POST /api/DeviceAuthenticatedScanDefinitions/GetScanHistoryBySessionId',
    {
      idempotent: true,
      bodyParameters: parameters('SessionIds*'),
      docs: mdeDocs('get-scan-history-by-session'),
    },
  ),
  scans('scanAgents.list', 'GET /api/DeviceAuthenticatedScanAgents', {
    docs: mdeDocs('get-all-scan-agents'),
  }),
  scans('scanAgents.get', 'GET /api/DeviceAuthenticatedScanAgents/{id}', {
    docs: mdeDocs('get-agent-details'),
  }),
];

/** Files, addresses, domains, accounts, investigations, the script library and scans. */
export const entityOperations: readonly Operation[] = [...observed, ...kept];
