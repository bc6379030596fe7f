import type { Operation } from './entry.ts';
import { mdeDocs, rows } from './operation-row.ts';

const family = 'mde';

// No limits are documented for these.
const vulnerabilities = rows({ family, quotaGroup: 'vulnerabilities' });
const software = rows({ family, quotaGroup: 'software' });
const recommendations = rows({ family, quotaGroup: 'recommendations' });
const remediation = rows({ family, quotaGroup: 'remediationTasks' });
const scores = rows({ family, quotaGroup: 'scores' });
const baselines = rows({ family, quotaGroup: 'baselines' });

/** Vulnerability management. */
export const vulnerabilityOperations: readonly Operation[] = [
  vulnerabilities('vulnerabilities.list', 'GET /api/vulnerabilities', {
    docs: mdeDocs('get-all-vulnerabilities'),
  }),
  vulnerabilities(
    'vulnerabilities.machinesVulnerabilities',
    'GET /api/vulnerabilities/machinesVulnerabilities',
    { docs: mdeDocs('get-all-vulnerabilities-by-machines') },
  ),
  vulnerabilities('vulnerabilities.get', 'GET /api/vulnerabilities/{cveId}', {
    docs: mdeDocs('get-vulnerability-by-id'),
  }),
  vulnerabilities(
    'vulnerabilities.machines',
    'GET /api/vulnerabilities/{cveId}/machineReferences',
    {
      docs: mdeDocs('get-machines-by-vulnerability'),
    },
  ),

  software('software.list', 'GET /api/Software', { docs: mdeDocs('get-software') }),
  software('software.get', 'GET /api/Software/{id}', { docs: mdeDocs('get-software-by-id') }),
  software('software.distributions', 'GET /api/Software/{id}/distributions', {
    docs: mdeDocs('get-software-ver-distribution'),
  }),
  software('software.machines', 'GET /api/Software/{id}/machineReferences', {
    docs: mdeDocs('get-machines-by-software'),
  }),
  software('software.vulnerabilities', 'GET /api/Software/{id}/vulnerabilities', {
    docs: mdeDocs('get-vuln-by-software'),
  }),
  software('software.missingKbs', 'GET /api/Software/{id}/getmissingkbs', {
    docs: mdeDocs('get-missing-kbs-software'),
  }),
  software('browserExtensions.permissions', 'GET /api/browserextensions/permissionsinfo', {
    docs: mdeDocs('get-browser-extensions-permission-info'),
  }),

  recommendations('recommendations.list', 'GET /api/recommendations', {
    docs: mdeDocs('get-all-recommendations'),
  }),
  recommendations('recommendations.get', 'GET /api/recommendations/{id}', {
    docs: mdeDocs('get-recommendation-by-id'),
  }),
  recommendations('recommendations.software', 'GET /api/recommendations/{id}/software', {
    docs: mdeDocs('list-recommendation-software'),
  }),
  recommendations('recommendations.machines', 'GET /api/recommendations/{id}/machineReferences', {
    docs: mdeDocs('get-recommendation-machines'),
  }),
  recommendations(
    'recommendations.vulnerabilities',
    'GET /api/recommendations/{id}/vulnerabilities',
    { docs: mdeDocs('get-recommendation-vulnerabilities') },
  ),

  remediation('remediationTasks.list', 'GET /api/remediationTasks', {
    docs: mdeDocs('get-remediation-all-activities'),
  }),
  remediation('remediationTasks.get', 'GET /api/remediationTasks/{id}', {
    docs: mdeDocs('get-remediation-one-activity'),
  }),
  remediation('remediationTasks.machines', 'GET /api/remediationTasks/{id}/machineReferences', {
    docs: mdeDocs('get-remediation-exposed-devices-activities'),
  }),

  scores('exposureScore.get', 'GET /api/exposureScore', { docs: mdeDocs('get-exposure-score') }),
  scores('exposureScore.byMachineGroups', 'GET /api/exposureScore/ByMachineGroups', {
    docs: mdeDocs('get-machine-group-exposure-score'),
  }),
  scores('configurationScore.get', 'GET /api/configurationScore', {
    docs: mdeDocs('get-device-secure-score'),
  }),

  baselines('baselineProfiles.list', 'GET /api/baselineProfiles', {
    docs: mdeDocs('get-security-baselines-assessment-profiles'),
  }),
  baselines('baselineConfigurations.list', 'GET /api/baselineConfigurations', {
    docs: mdeDocs('get-security-baselines-assessment-configurations'),
  }),
];

const pages = rows({
  family,
  quotaGroup: 'exports.byMachine',
  quota: { perMinute: 30, perHour: 1_000 },
});
const files = rows({ family, quotaGroup: 'exports.files', quota: { perMinute: 5, perHour: 20 } });

// The last segment of the route, and the page that documents it.
const BY_MACHINE: readonly (readonly [segment: string, page: string])[] = [
  ['SoftwareVulnerabilitiesByMachine', 'get-assessment-software-vulnerabilities'],
  ['SoftwareVulnerabilityChangesByMachine', 'get-assessment-software-vulnerabilities'],
  ['SoftwareInventoryByMachine', 'get-assessment-software-inventory'],
  ['SoftwareInventoryNoProductCodeByMachine', 'get-assessment-non-cpe-software-inventory'],
  ['SecureConfigurationsAssessmentByMachine', 'get-assessment-secure-config'],
  ['BaselineComplianceAssessmentByMachine', 'export-security-baseline-assessment'],
  ['BrowserExtensionsInventoryByMachine', 'get-assessment-browser-extensions'],
  ['CertificateAssessmentByMachine', 'export-certificate-inventory-assessment'],
  ['HardwareFirmwareInventoryByMachine', 'export-firmware-hardware-assessment'],
];

const AS_FILES: typeof BY_MACHINE = [
  ['SoftwareVulnerabilitiesExport', 'get-assessment-software-vulnerabilities'],
  ['SoftwareInventoryExport', 'get-assessment-software-inventory'],
  ['SoftwareInventoryNonCpeExport', 'get-assessment-non-cpe-software-inventory'],
  ['SecureConfigurationsAssessmentExport', 'get-assessment-secure-config'],
  ['BaselineComplianceAssessmentExport', 'export-security-baseline-assessment'],
  ['BrowserExtensionsInventoryExport', 'get-assessment-browser-extensions'],
  ['CertificateAssessmentExport', 'export-certificate-inventory-assessment'],
  ['HardwareFirmwareInventoryExport', 'export-firmware-hardware-assessment'],
  ['InfoGatheringExport', 'get-assessment-information-gathering'],
];

const nameOf = (segment: string): string =>
  `machines.${segment.slice(0, 1).toLowerCase()}${segment.slice(1)}`;

/** Assessments of all devices: page by page, or as files to download. */
export const exportOperations: readonly Operation[] = [
  ...BY_MACHINE.map(([segment, page]) =>
    pages(nameOf(segment), `GET /api/machines/${segment}`, { docs: mdeDocs(page) }),
  ),
  pages('deviceAvInfo.list', 'GET /api/deviceavinfo', {
    docs: mdeDocs('device-health-export-antivirus-health-report-api'),
  }),
  ...AS_FILES.map(([segment, page]) =>
    files(nameOf(segment), `GET /api/machines/${segment}`, { docs: mdeDocs(page) }),
  ),
];
