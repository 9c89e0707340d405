package import Foundation
package import Model

/// A record of the directory that carries a number, by one of its columns.
package struct Candidate: Sendable, Hashable {
    package var entry: DirectoryCandidate
    package var segment: String?
    package var language: String?

    package init(_ entry: DirectoryCandidate, segment: String? = nil, language: String? = nil) {
        self.entry = entry
        self.segment = segment
        self.language = language
    }

    package var id: UUID { entry.row.id }
    package var kind: CallerFacts.Kind { CallerFacts.Kind(entry.row.table) }
}

extension CallerFacts.Kind {
    package init(_ table: RowReference.Table) {
        self =
            switch table {
            case .contact: .contact
            case .account: .account
            case .lead: .lead
            case .systemUser: .unknown
            }
    }
}

/// Which of several records a number stands for: the directory's policy, before anybody knows who will answer.
package enum CallerChoice: Sendable, Hashable {
    case one(Candidate)
    /// Nobody, by an administrator's decision.
    case nobody
    case ambiguous
    /// Nobody carries it.
    case unknown

    /// What an administrator decided for a number.
    package enum Ruling: Sendable, Hashable {
        /// A record, whether it carries the number or not; as it is now.
        case chosen(Candidate)
        case nobody
    }

    /// - Parameter candidates: one record may stand there several times, with several columns.
    package static func among(_ candidates: [Candidate], ruling: Ruling?, policy: MatchPolicy) -> CallerChoice {
        switch ruling {
        case .nobody: return .nobody
        case .chosen(let candidate): return .one(candidate)
        case nil: break
        }
        switch policy.choose(DirectoryFinding(candidates.map(\.entry))) {
        case .found(let row, _): return candidates.first { $0.id == row.id }.map { .one($0) } ?? .unknown
        case .ambiguous: return .ambiguous
        case .nobody: return .unknown
        }
    }
}
