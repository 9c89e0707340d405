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
