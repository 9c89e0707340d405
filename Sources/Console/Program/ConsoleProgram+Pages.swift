extension ConsoleProgram {
    /// The paths of all pages as they are declared: `/jobs/:id`.
    package static var pagePaths: [String] { ConsoleFeatures.pages.map(\.path) }

    /// The names of all parts of pages that are kept up to date.
    package static var liveParts: [String] { ConsoleFeatures.fragments.map(\.name) }
}
