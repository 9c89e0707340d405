import FoundationEssentials

/// What a webhook of Dynamics says, as far as the hub believes it: that a row of some table changed. It is a hint to look.
struct DynamicsHint: Sendable, Equatable {
    /// Logical name of the table. Of an association its relation's name, without its ending: `systemuserroles`; `none` or empty where that
    /// is not told.
    let table: String
    /// `Create`, `Update`, `Associate`, …
    let message: String

    /// Nil: the body is no execution context, and the headers say nothing either.
    init?(body: [UInt8], table: String?, message: String?) {
        let context = try? JSONDecoder().decode(Context.self, from: Data(body))
        guard let message = context?.MessageName ?? message else { return nil }
        self.message = message
        self.table = (context?.relation ?? context?.PrimaryEntityName ?? table ?? "").lowercased()
    }

    private struct Context: Decodable {
        var PrimaryEntityName: String?
        var MessageName: String?
        var InputParameters: [Parameter]?

        /// Of associations alone; a body that would have been too large comes without.
        var relation: String? {
            let name = InputParameters?.first { $0.key == "Relationship" }?.value?.SchemaName
            let ending = "_association"
            return name.map { $0.hasSuffix(ending) ? String($0.dropLast(ending.count)) : $0 }
        }

        struct Parameter: Decodable {
            var key: String?
            var value: Value?

            enum CodingKeys: String, CodingKey { case key, value }

            /// Any JSON value may stand there; only a relation is of interest.
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                key = try? container.decode(String.self, forKey: .key)
                value = try? container.decode(Value.self, forKey: .value)
            }
        }

        struct Value: Decodable {
            var SchemaName: String?
        }
    }
}
