import FoundationEssentials

/// What a webhook of Dynamics says, as far as the hub believes it: that a row of some table changed. It is a hint to look.
struct DynamicsHint: Sendable, Equatable {
    /// Logical name of the table; `none` or empty for messages without one, such as associations.
    let table: String
    /// `Create`, `Update`, `Associate`, …
    let message: String

    /// Nil: the body is no execution context, and the headers say nothing either.
    init?(body: [UInt8], table: String?, message: String?) {
        struct Context: Decodable {
            var PrimaryEntityName: String?
            var MessageName: String?
        }
        let context = try? JSONDecoder().decode(Context.self, from: Data(body))
        guard let message = context?.MessageName ?? message else { return nil }
        self.message = message
        self.table = (context?.PrimaryEntityName ?? table ?? "").lowercased()
    }
}
