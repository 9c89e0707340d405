import Foundation
import Runtime
import Tenants

/// Certificates by which the applications sign in to Dynamics, and how long they last.
struct CertificatesCheck: DoctorCheck {
    static let name = "certificates"

    func findings(_ patient: Patient) async throws -> [Finding] {
        patient.findings(onEndsFor: Self.name, nobody: "no tenant signs in by certificate") { tenant, end in
            guard case .certificate(let file) = end else { return nil }
            return Self.judge(tenant, file: file, end: CertificateEnd.of(file: file), now: patient.now).map { [$0] } ?? []
        }
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

extension Patient {
    /// Judges what the tenants sign in to Dynamics with.
    ///
    /// - Parameters:
    ///   - nobody: what is said when none of it concerned the check.
    ///   - judge: of a tenant's name and one of its credentials; nil when the check has nothing to do with it.
    func findings(
        onEndsFor check: String, nobody: String, _ judge: (String, CredentialEnd) -> [Finding]?
    ) -> [Finding] {
        guard programs.path != nil else { return [.skipped(check, noFile)] }
        let judged = programs.elements(of: "tenants").compactMap { try? TenantConfiguration($0) }.flatMap { tenant in
            tenant.credentialEnds.compactMap { judge(tenant.name, $0) }
        }
        let findings = judged.flatMap(\.self)
        guard findings.isEmpty else { return findings }
        return [.ok(check, judged.isEmpty ? nobody : "all \(judged.count) last for another 30 days at least")]
    }
}
