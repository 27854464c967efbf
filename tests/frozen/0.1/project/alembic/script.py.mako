<%! from padstone.migrations import render_revision %>${render_revision(context.kwargs)}
