import Foundation
import Postgres

/// What a part is asked with: `data-live="routing.decisions?tenant=acme"` has a query.
struct LiveQuestion: Sendable {
    let query: Query
    let database: Database
    let now: Date
}

/// A part of a page that is kept up to date: `<section data-live="jobs.counts">` in its template, read anew every two seconds once for
/// everybody who looks at it.
struct LiveFragment: Sendable {
    /// `jobs.counts`
    let name: String
    /// The template of the part; the page's own template includes it with the same model.
    let template: String
    /// What the template names. Runs every two seconds while somebody looks, so it reads little. It is the same for everybody: no part
    /// of it may depend on who looks.
    let model: @Sendable (LiveQuestion) async throws -> any Sendable

    init(_ name: String, template: String, model: @escaping @Sendable (LiveQuestion) async throws -> any Sendable) {
        self.name = name
        self.template = template
        self.model = model
    }
}
