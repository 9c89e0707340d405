import Foundation
import Postgres
import Runtime

/// One thing the doctor can look at. Reads only; judges what it read by a function without IO.
protocol DoctorCheck: Sendable {
    /// The name in the first column, and in JSON: never changes.
    static var name: String { get }
    func findings(_ patient: Patient) async throws -> [Finding]
}

/// What the doctor looks at.
struct Patient: Sendable {
    let database: Database
    /// The database's clock at the start: ages are counted by it.
    let now: Date
    /// The programs' configuration, as far as it was named or found.
    let programs: ProgramConfiguration
    /// What is said where a file is wanted and there is none.
    let noFile: String
    /// Whether the vendors may be asked.
    let asksVendors: Bool
    /// The way to them.
    let outbound: OutboundClients
}

extension DoctorCheck {
    var name: String { Self.name }

    /// The findings; an error of the server becomes a finding too, so that one check can't hide the others.
    func safeFindings(_ patient: Patient) async -> [Finding] {
        do {
            return try await findings(patient)
        } catch let error as PostgresError where error.code == .insufficientPrivilege {
            return [.skipped(Self.name, "the login user may not look: run doctor with an operator's login (\(error))")]
        } catch {
            return [.failure(Self.name, "could not be looked at: \(error)")]
        }
    }
}
