import Foundation
import Model

/// Where a page of a list by time begins: behind the row of this moment and id.
struct PageKey: Sendable {
    /// Since 1970, exactly as the database keeps it.
    let micros: Int64
    let id: UUID

    init(micros: Int64, id: UUID) {
        self.micros = micros
        self.id = id
    }

    init?(_ text: String?) {
        guard let parts = text?.split(separator: "~"), parts.count == 2, let micros = Int64(parts[0]),
            let id = UUID(uuidString: String(parts[1]))
        else { return nil }
        self.init(micros: micros, id: id)
    }

    var text: String { "\(micros)~\(id.lowercase)" }
}
