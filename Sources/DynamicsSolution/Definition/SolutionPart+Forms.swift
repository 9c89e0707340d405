/// A column on a form.
package struct FormField: Sendable, Hashable {
    /// Logical name.
    package let name: String
    package let label: String
    package let control: FormControl
    /// Whether people only look at it: the hub writes it.
    package let isReadOnly: Bool
}

extension SolutionPart {
    /// Columns that a table's main form shows.
    package struct Form: Sendable, Hashable {
        package let table: String
        /// As people read it.
        package let tableLabel: String
        package let fields: [FormField]
        /// Name of the section that the hub adds, by which it is found again, and its heading.
        package let section: String
        package let sectionLabel: String
        /// Of a table that the solution makes: its columns stand on one form at least. Of another: on each.
        package let isOwn: Bool
        /// Whether `install` adds what is missing; without it only `check` tells.
        package let isMade: Bool
    }

    /// Columns that a table's default public view shows.
    package struct View: Sendable, Hashable {
        package let table: String
        package let tableLabel: String
        package let fields: [FormField]
        /// What names of columns that the hub makes start with: only those are taken out again.
        package let prefix: String
        package let isMade: Bool
    }
}
