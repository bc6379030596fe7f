import type { Operation } from './entry.ts';
import { rows } from './operation-row.ts';

const family = 'mde';

/** Vulnerability management. No limits are documented for it. */
export const vulnerabilityOperations: readonly Operation[] = [
  ...rows(
    { family, quotaGroup: 'vulnerabilities' },
    `
      vulnerabilities.list                     GET /api/vulnerabilities  get-all-vulnerabilities
      vulnerabilities.machinesVulnerabilities  GET /api/vulnerabilities/machinesVulnerabilities  get-all-vulnerabilities-by-machines
      vulnerabilities.get                      GET /api/vulnerabilities/{cveId}  get-vulnerability-by-id
      vulnerabilities.machines                 GET /api/vulnerabilities/{cveId}/machineReferences  get-machines-by-vulnerability
    `,
  ),
  ...rows(
    { family, quotaGroup: 'software' },
    `
      software.list                  GET /api/Software  get-software
      software.get                   GET /api/Software/{id}  get-software-by-id
      software.distributions         GET /api/Software/{id}/distributions  get-software-ver-distribution
      software.machines              GET /api/Software/{id}/machineReferences  get-machines-by-software
      software.vulnerabilities       GET /api/Software/{id}/vulnerabilities  get-vuln-by-software
      software.missingKbs            GET /api/Software/{id}/getmissingkbs  get-missing-kbs-software
      browserExtensions.permissions  GET /api/browserextensions/permissionsinfo  get-browser-extensions-permission-info
    `,
  ),
  ...rows(
    { family, quotaGroup: 'recommendations' },
    `
      recommendations.list             GET /api/recommendations  get-all-recommendations
      recommendations.get              GET /api/recommendations/{id}  get-recommendation-by-id
      recommendations.software         GET /api/recommendations/{id}/software  list-recommendation-software
      recommendations.machines         GET /api/recommendations/{id}/machineReferences  get-recommendation-machines
      recommendations.vulnerabilities  GET /api/recommendations/{id}/vulnerabilities  get-recommendation-vulnerabilities
    `,
  ),
  ...rows(
    { family, quotaGroup: 'remediationTasks' },
    `
      remediationTasks.list      GET /api/remediationTasks  get-remediation-all-activities
      remediationTasks.get       GET /api/remediationTasks/{id}  get-remediation-one-activity
      remediationTasks.machines  GET /api/remediationTasks/{id}/machineReferences  get-remediation-exposed-devices-activities
    `,
  ),
  ...rows(
    { family, quotaGroup: 'scores' },
    `
      exposureScore.get              GET /api/exposureScore  get-exposure-score
      exposureScore.byMachineGroups  GET /api/exposureScore/ByMachineGroups  get-machine-group-exposure-score
      configurationScore.get         GET /api/configurationScore  get-device-secure-score
    `,
  ),
  ...rows(
    { family, quotaGroup: 'baselines' },
    `
      baselineProfiles.list        GET /api/baselineProfiles  get-security-baselines-assessment-profiles
      baselineConfigurations.list  GET /api/baselineConfigurations  get-security-baselines-assessment-configurations
    `,
  ),
];

const byMachine = rows(
  { family, quotaGroup: 'exports.byMachine', quota: { perMinute: 30, perHour: 1_000 } },
  `
    machines.softwareVulnerabilitiesByMachine         GET /api/machines/SoftwareVulnerabilitiesByMachine  get-assessment-software-vulnerabilities
    machines.softwareVulnerabilityChangesByMachine    GET /api/machines/SoftwareVulnerabilityChangesByMachine  get-assessment-software-vulnerabilities
    machines.softwareInventoryByMachine               GET /api/machines/SoftwareInventoryByMachine  get-assessment-software-inventory
    machines.softwareInventoryNoProductCodeByMachine  GET /api/machines/SoftwareInventoryNoProductCodeByMachine  get-assessment-non-cpe-software-inventory
    machines.secureConfigurationsAssessmentByMachine  GET /api/machines/SecureConfigurationsAssessmentByMachine  get-assessment-secure-config
    machines.baselineComplianceAssessmentByMachine    GET /api/machines/BaselineComplianceAssessmentByMachine  export-security-baseline-assessment
    machines.browserExtensionsInventoryByMachine      GET /api/machines/BrowserExtensionsInventoryByMachine  get-assessment-browser-extensions
    machines.certificateAssessmentByMachine           GET /api/machines/CertificateAssessmentByMachine  export-certificate-inventory-assessment
    machines.hardwareFirmwareInventoryByMachine       GET /api/machines/HardwareFirmwareInventoryByMachine  export-firmware-hardware-assessment
    deviceAvInfo.list                                 GET /api/deviceavinfo  device-health-export-antivirus-health-report-api
  `,
);

const asFiles = rows(
  { family, quotaGroup: 'exports.files', quota: { perMinute: 5, perHour: 20 } },
  `
    machines.softwareVulnerabilitiesExport         GET /api/machines/SoftwareVulnerabilitiesExport  get-assessment-software-vulnerabilities
    machines.softwareInventoryExport               GET /api/machines/SoftwareInventoryExport  get-assessment-software-inventory
    machines.softwareInventoryNonCpeExport         GET /api/machines/SoftwareInventoryNonCpeExport  get-assessment-non-cpe-software-inventory
    machines.secureConfigurationsAssessmentExport  GET /api/machines/SecureConfigurationsAssessmentExport  get-assessment-secure-config
    machines.baselineComplianceAssessmentExport    GET /api/machines/BaselineComplianceAssessmentExport  export-security-baseline-assessment
    machines.browserExtensionsInventoryExport      GET /api/machines/BrowserExtensionsInventoryExport  get-assessment-browser-extensions
    machines.certificateAssessmentExport           GET /api/machines/CertificateAssessmentExport  export-certificate-inventory-assessment
    machines.hardwareFirmwareInventoryExport       GET /api/machines/HardwareFirmwareInventoryExport  export-firmware-hardware-assessment
    machines.infoGatheringExport                   GET /api/machines/InfoGatheringExport  get-assessment-information-gathering
  `,
);

/** Assessments of all devices: page by page, or as files to download. */
export const exportOperations: readonly Operation[] = [...byMachine, ...asFiles];
