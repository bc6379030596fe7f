import type { Operation } from './entry.ts';
import { mdeDocs, rows } from './operation-row.ts';

const family = 'mde';

const pages = rows({
  family,
  quotaGroup: 'exports.byMachine',
  quota: { perMinute: 30, perHour: 1_000 },
});
const files = rows({ family, quotaGroup: 'exports.files', quota: { perMinute: 5, perHour: 20 } });

// The last segments of the routes, and the pages that document them.
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

/** Assessments of all devices at once: page by page, or as files to download. */
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
