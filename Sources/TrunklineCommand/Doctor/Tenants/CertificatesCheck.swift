import Foundation
import Runtime
import Tenants

/// Certificates by which the applications sign in to Dynamics, and how long they last.
struct CertificatesCheck: DoctorCheck {
    static let name = "certificates"

    func findings(_ patient: Patient) async throws -> [Finding] {
        guard patient.programs.path != nil else {
            return [.skipped(Self.name, patient.noFile)]
        }
        var findings: [Finding] = []
        var read = 0
        for tenant in patient.programs.elements(of: "tenants").compactMap({ try? TenantConfiguration($0) }) {
            for case .certificate(let file) in tenant.credentialEnds {
                read += 1
                if let finding = Self.judge(tenant.name, file: file, end: CertificateEnd.of(file: file), now: patient.now) {
                    findings.append(finding)
                }
            }
        }
        guard findings.isEmpty else { return findings }
        return [.ok(Self.name, read == 0 ? "no tenant signs in by certificate" : "all \(read) last for another 30 days at least")]
    }

    static func judge(_ tenant: String, file: String, end: Date?, now: Date) -> Finding? {
        guard let end else {
            return .failure(name, "\(tenant): \(file) holds no certificate that can be read", remedy: "put a PEM file there")
        }
        return .ending(
            name, "\(tenant): the certificate in \(file)", at: end, now: now,
            remedy: "add a new certificate to the app registration and as dynamics.second_certificate_file; both are tried")
    }
}
